import type { ConsoleEvent, NumberRanges, ShownRecord } from '../../protocol/events.ts';
import { numbersIn } from '../../protocol/number-ranges.ts';
import type { FailedRecord, Invocation } from './invocation.ts';
import { Lane } from './lane.ts';

/** How far a shard is processed. */
export interface Checkpoint {
  /** Epoch milliseconds at which it moved there. */
  readonly timeMs: number;
  /** Everything of the shard up to here is processed. */
  readonly sequenceNumber: string;
}

/** Finds a record by its number. Undefined: it is no longer kept. */
export type RecordOf = (number: number) => ShownRecord | undefined;

type Event<Name extends ConsoleEvent['event']> = Extract<ConsoleEvent, { event: Name }>;

const MAX_INVOCATIONS = 25_000;

/** The invocations of a run, in bounded memory: a lane for each slot of each shard. */
export class Timeline {
  readonly #maxInvocations: number;
  readonly #lanes: Map<string, Lane> = new Map();
  readonly #byId: Map<number, Invocation> = new Map();
  /** The last invocation of a request, by shard and request id. */
  readonly #byRequest: Map<string, Invocation> = new Map();
  readonly #checkpoints: Map<string, Checkpoint> = new Map();
  #lastId = 0;
  #lastMs = 0;

  constructor(maxInvocations: number = MAX_INVOCATIONS) {
    this.#maxInvocations = maxInvocations;
  }

  /** Shards in the order in which their first invocation began, and the slots of each. */
  get lanes(): readonly Lane[] {
    const shards = [...new Set([...this.#lanes.values()].map(({ shardId }) => shardId))];
    return [...this.#lanes.values()].sort(
      (one, other) => shards.indexOf(one.shardId) - shards.indexOf(other.shardId) || one.slot - other.slot,
    );
  }

  /** Epoch milliseconds of the first invocation that is kept, and of the last event. */
  get span(): { readonly fromMs: number; readonly toMs: number } {
    const first = this.#byId.values().next().value;
    return { fromMs: first?.startedMs ?? this.#lastMs, toMs: this.#lastMs };
  }

  /** How many older invocations are not kept. */
  get dropped(): number {
    return this.#lastId - this.#byId.size;
  }

  /** True while an invocation runs, or while a batch waits for its retry: the picture changes with time. */
  get isLive(): boolean {
    return [...this.#lanes.values()].some(
      ({ last }) => last !== undefined && (last.endedMs === undefined || last.retryMs !== undefined),
    );
  }

  invocation(id: number): Invocation | undefined {
    return this.#byId.get(id);
  }

  /** The lane of an invocation. */
  laneOf({ shardId, slot }: Pick<Invocation, 'shardId' | 'slot'>): Lane {
    const key = `${shardId} ${slot}`;
    const lane = this.#lanes.get(key) ?? new Lane(shardId, slot);
    this.#lanes.set(key, lane);
    return lane;
  }

  checkpoint(shardId: string): Checkpoint | undefined {
    return this.#checkpoints.get(shardId);
  }

  take(event: ConsoleEvent, recordOf: RecordOf): void {
    switch (event.event) {
      case 'invocationStarted':
        this.#started(event);
        break;
      case 'invocation':
        this.#ended(event, recordOf);
        break;
      case 'retry':
        this.#change(event, (invocation) => {
          invocation.retryMs = this.#ms(event) + event.delayMs;
        });
        break;
      case 'split': {
        // The protocol writes each list of records as ranges.
        const { left, right } = event as unknown as Record<'left' | 'right', NumberRanges>;
        this.#change(event, (invocation) => {
          invocation.split = { left, right };
          this.laneOf(invocation).expect('split', invocation, left, right);
        });
        break;
      }
      case 'checkpoint':
        this.#passed(event);
        break;
      case 'stopped':
        this.#stopped(this.#ms(event));
        break;
    }
  }

  #started(event: Event<'invocationStarted'>): void {
    const { shardId, slot, requestId, attempt, records } = event;
    const lane = this.laneOf({ shardId, slot });
    const nowMs = this.#ms(event);
    // A slot runs one invocation at a time.
    if (lane.last !== undefined) settle(lane.last, nowMs);
    const invocation: Invocation = {
      id: ++this.#lastId,
      shardId,
      slot,
      requestId,
      attempt,
      records,
      recordCount: records.reduce((sum, [first, last]) => sum + last - first + 1, 0),
      startedMs: nowMs,
      ...lane.placeOf(requestId, records),
      outcome: 'running',
      endedMs: undefined,
      durationMs: undefined,
      failedRecords: [],
      messages: [],
      retryMs: undefined,
      split: undefined,
    };
    lane.add(invocation);
    this.#byId.set(invocation.id, invocation);
    this.#byRequest.set(`${shardId} ${requestId}`, invocation);
    if (this.#byId.size > this.#maxInvocations) this.#drop();
  }

  #ended(event: Event<'invocation'>, recordOf: RecordOf): void {
    const { outcome, durationMs, error, failures = [] } = event;
    this.#change(event, (invocation) => {
      invocation.outcome = outcome;
      invocation.endedMs = this.#ms(event);
      invocation.durationMs = durationMs;
      invocation.failedRecords = failedAmong(invocation.records, failures, recordOf);
      const messages = failures.map(({ message }) => message);
      if (messages.length === 0 && error !== undefined) messages.push(`${error.name}: ${error.message}`);
      invocation.messages = [...new Set(messages)];
      if (outcome === 'partial') this.laneOf(invocation).expect('rest', invocation, invocation.records);
    });
  }

  #passed(event: Event<'checkpoint'>): void {
    const { shardId, position } = event;
    const timeMs = this.#ms(event);
    this.#change(event, (invocation) => {
      invocation.retryMs = undefined;
    });
    if (position !== undefined && position !== this.#checkpoints.get(shardId)?.sequenceNumber)
      this.#checkpoints.set(shardId, { timeMs, sequenceNumber: position });
  }

  #stopped(nowMs: number): void {
    for (const { last } of this.#lanes.values()) if (last !== undefined) settle(last, nowMs);
  }

  #change(
    { shardId, requestId }: { readonly shardId: string; readonly requestId: string },
    change: (invocation: Invocation) => void,
  ): void {
    const invocation = this.#byRequest.get(`${shardId} ${requestId}`);
    if (invocation !== undefined) change(invocation);
  }

  /** The time of an event. A clock that is set back must not let invocations overlap. */
  #ms({ time }: Pick<ConsoleEvent, 'time'>): number {
    this.#lastMs = Math.max(this.#lastMs, Date.parse(time));
    return this.#lastMs;
  }

  /** Drops a tenth at once, because cutting the lanes takes time. */
  #drop(): void {
    const upTo = this.#lastId - Math.ceil(this.#maxInvocations * 0.9);
    for (const [id, invocation] of this.#byId) {
      if (id > upTo) break;
      this.#byId.delete(id);
      const request = `${invocation.shardId} ${invocation.requestId}`;
      if (this.#byRequest.get(request) === invocation) this.#byRequest.delete(request);
    }
    for (const lane of this.#lanes.values()) lane.drop(upTo);
  }
}

/** Nothing runs or waits in its slot any longer. */
function settle(invocation: Invocation, nowMs: number): void {
  invocation.retryMs = undefined;
  if (invocation.endedMs !== undefined) return;
  invocation.endedMs = nowMs;
  invocation.outcome = 'unknown';
}

function failedAmong(
  records: NumberRanges,
  failures: NonNullable<Event<'invocation'>['failures']>,
  recordOf: RecordOf,
): readonly FailedRecord[] {
  if (failures.length === 0) return [];
  const numbers = new Map(numbersIn(records).map((number) => [recordOf(number)?.eventID, number]));
  return failures.flatMap(({ eventID, deadLettered }) => {
    const number = eventID === undefined ? undefined : numbers.get(eventID);
    return number === undefined ? [] : { number, isDeadLettered: deadLettered };
  });
}
