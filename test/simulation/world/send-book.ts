import type { Detached } from '../model/scenario.ts';
import { timersNow } from './clock.ts';
import type { History } from './history.ts';

/** A message that handlers send. */
export interface Message {
  readonly index: number;
  readonly item: string;
  readonly route: number;
  /** A handler may send several at once. */
  readonly part: number;
  readonly detached: Detached;
}

/** Something that may have died. */
interface Mortal {
  readonly dead: boolean;
}

/** One call of a sink's `send`. */
interface Sending {
  readonly what: string;
  /** Names the target and the message. */
  readonly key: string;
  readonly sandbox: Mortal;
  /** Messages of one key travel one after the other. */
  readonly orderKey: string;
  /** The sink has got the answer that says it is accepted. */
  acknowledged: boolean;
  /** It was in a request. */
  requested: boolean;
  /** No other message of its key was there meanwhile, nor in a request whose send had ended before. */
  alone: boolean;
  /** The same message was sent by another invocation meanwhile. */
  twin: boolean;
}

/** Requests of one sink at once. */
export const SINK_CONCURRENCY = 2;

/** A message goes out at the end of a turn. */
const MAX_WAIT_MS = 5;

/** Follows each message that handlers send: through requests, until its call is settled. */
export class SendBook {
  readonly #history: History;
  /** The newest call for each message. */
  readonly #sendings: Map<string, Sending> = new Map();
  readonly #places: Map<Mortal, Map<string, Places>> = new Map();
  readonly #unsettled: Set<Sending> = new Set();
  /** How many messages of an order key and a sandbox are sent without being followed. */
  readonly #unfollowed: Map<string, number> = new Map();
  /** How many requests of a sandbox, by the key of a message in them, have not ended. */
  readonly #traveling: Map<string, number> = new Map();
  readonly #sandboxes: Map<Mortal, number> = new Map();

  constructor(history: History) {
    this.#history = history;
  }

  /** Follows a call of `send`. */
  async follow(target: string, message: Message, sandbox: Mortal, send: () => Promise<void>): Promise<void> {
    const what = `change ${message.index} to ${target}`;
    const orderKey = orderKeyOf(target, message);
    const line = `${orderKey} ${this.#numberOf(sandbox)}`;
    // Without a deadline it may go on beside the next one, until the sink's attempts end.
    if (message.detached === 'without a signal') {
      for (const other of this.#unsettled)
        if (other.orderKey === orderKey && other.sandbox === sandbox) other.alone = false;
      addTo(this.#unfollowed, line, 1);
      return send().finally(() => addTo(this.#unfollowed, line, -1));
    }
    const key = keyOf(target, message);
    const sending: Sending = {
      what,
      key,
      sandbox,
      orderKey,
      acknowledged: false,
      requested: false,
      alone: !this.#traveling.has(line) && !this.#unfollowed.has(line),
      twin: false,
    };
    for (const other of this.#unsettled) {
      if (other.orderKey === orderKey && other.sandbox === sandbox) other.alone = sending.alone = false;
      if (other.key === key) other.twin = sending.twin = true;
    }
    this.#sendings.set(key, sending);
    this.#unsettled.add(sending);
    const startedAt = timersNow();
    try {
      await send();
    } finally {
      this.#unsettled.delete(sending);
      const mayGoSince = Math.max(startedAt, this.#placesOf(sandbox, target).freeSince);
      if (!sending.requested && sending.alone && !sending.twin && timersNow() > mayGoSince + MAX_WAIT_MS)
        this.#history.violate('sink', `the message of ${what} waited, and nothing was before it`);
    }
  }

  /** A request begins. */
  request(sandbox: Mortal, target: string, messages: readonly Message[]): Request {
    const places = this.#placesOf(sandbox, target);
    if (++places.taken === SINK_CONCURRENCY) places.freeSince = Number.POSITIVE_INFINITY;
    const sendings = messages.map((message) => this.#sendings.get(keyOf(target, message)));
    for (const sending of sendings) if (sending !== undefined) sending.requested = true;
    for (const sending of sendings)
      if (sending?.acknowledged && !sending.twin)
        this.#history.violate('sink', `the message of ${sending.what} was accepted, and is sent again`);
    const traveling = messages.map((message) => `${orderKeyOf(target, message)} ${this.#numberOf(sandbox)}`);
    for (const line of traveling) addTo(this.#traveling, line, 1);
    let outcomes: readonly boolean[] = [];
    return {
      answeredWith(accepted) {
        outcomes = accepted;
      },
      acknowledged() {
        for (const [place, sending] of sendings.entries())
          if (sending !== undefined && outcomes[place]) sending.acknowledged = true;
      },
      ended: () => {
        if (places.taken-- === SINK_CONCURRENCY) places.freeSince = timersNow();
        for (const line of traveling) addTo(this.#traveling, line, -1);
      },
    };
  }

  #numberOf(sandbox: Mortal): number {
    const known = this.#sandboxes.get(sandbox) ?? this.#sandboxes.size;
    this.#sandboxes.set(sandbox, known);
    return known;
  }

  #placesOf(sandbox: Mortal, target: string): Places {
    const byTarget = this.#places.get(sandbox) ?? new Map<string, Places>();
    this.#places.set(sandbox, byTarget);
    const places = byTarget.get(target) ?? { taken: 0, freeSince: 0 };
    byTarget.set(target, places);
    return places;
  }

  /** At the end: a call waits no longer than for its deadline, unless its sandbox has died. */
  check(): void {
    for (const { what, sandbox } of this.#unsettled)
      if (!sandbox.dead) this.#history.violate('sink', `the message of ${what} was never settled`);
  }
}

/** One request, for the messages that are in it. */
interface Request {
  /** The target has answered; the sandbox may not get it. */
  answeredWith(accepted: readonly boolean[]): void;
  /** The sandbox has got the answer in time. */
  acknowledged(): void;
  /** The sandbox waits for it no more. */
  ended(): void;
}

/** The requests of a sandbox to a target. */
interface Places {
  taken: number;
  freeSince: number;
}

function keyOf(target: string, { index, route, part }: Message): string {
  return `${target} ${index} ${route} ${part}`;
}

/** Of a bucket and a table it is that of an object or item, else the record's. */
function orderKeyOf(target: string, message: Message): string {
  if (target === 'bucket') return keyOf(target, message);
  if (target === 'table') return `${target} ${message.item}`;
  return `${target} ${message.detached === 'no' ? message.item.split('-')[0] : `detached ${message.item}`}`;
}

/** Adds to a count. One of 0 is left out. */
function addTo(counts: Map<string, number>, key: string, more: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + more;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
