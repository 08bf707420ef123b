import type { ConsoleEvent, NumberRanges, RouteRanges } from '../../protocol/events.ts';
import { numbersIn } from '../../protocol/number-ranges.ts';
import type { HandlerRoutes, RouteText } from '../../protocol/routes.ts';
import type { Change } from '../store.ts';

/** A shard, with counts of its records. */
export interface Shard {
  readonly shardId: string;
  /** No record of it is left. */
  isClosed: boolean;
  read: number;
  filtered: number;
  succeeded: number;
  discarded: number;
  /** Invocations that failed as a whole or in part. */
  failedInvocations: number;
  /** The slots that have had an invocation, each with the request id of the one that runs. */
  readonly slots: Map<number, string | undefined>;
}

/** A route, with counts of its records. */
export interface Route extends RouteText {
  /** Records that it takes, and that succeeded. */
  handled: number;
  /** Records that it may take, and that succeeded: code of the user decides. */
  maybeHandled: number;
  /** Failures of records that it takes. */
  failed: number;
  maybeFailed: number;
}

/** The routes that take a change. Changes with the same routes share one. */
export interface RouteSet {
  readonly taken: readonly number[];
  readonly undecided: readonly number[];
  /** The routes of the router. */
  readonly version: { isOld: boolean };
}

/** A topic, queue, bucket or table that got messages. */
export interface Target {
  /** `sns`, `sqs`, `s3` or `dynamodb`. */
  readonly service: string;
  readonly name: string;
  messages: number;
}

type ChangeOf = (number: number) => Change | undefined;
type Event<Name extends ConsoleEvent['event']> = Extract<ConsoleEvent, { event: Name }>;

/** Above this, closed shards are counted together. */
const MAX_SHARDS = 24;
const MAX_TARGETS = 100;
const MAX_SETS = 1000;

/** The parts that records go through, with counts: shards, routes and targets. */
export class Topology {
  readonly #shards: Map<string, Shard> = new Map();
  readonly #targets: Map<string, Target> = new Map();
  /** The shards of the invocations that run, by request id. */
  readonly #running: Map<string, { readonly shardId: string; readonly slot: number }> = new Map();
  readonly #entities: Map<string, number> = new Map();
  #sets: Map<string, RouteSet> = new Map();
  #version: { isOld: boolean } = { isOld: false };
  #lastId = 0;
  /** Closed shards that are counted together. */
  readonly closed: { shards: number; read: number } = { shards: 0, read: 0 };
  /** Undefined until the handler is loaded. */
  handler: HandlerRoutes | undefined;
  routes: readonly Route[] = [];
  /** Records that succeeded and that no route takes. */
  unrouted: number = 0;
  /** Records that succeeded, of which it is not known which routes take them. */
  uncounted: number = 0;
  /** Records that the mapping discarded. */
  discarded: number = 0;
  /** Events are missing that happened before the first one, so counts are too low. */
  isPartial: boolean = false;

  /** In the order in which they began. */
  get shards(): readonly Shard[] {
    return [...this.#shards.values()];
  }

  /** In the order of their first messages. */
  get targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  /** Records of an entity that succeeded. */
  handledOf(entity: string): number {
    return this.#entities.get(entity) ?? 0;
  }

  /** @param dropped how many of the oldest events are no longer kept */
  begin(dropped: number): void {
    this.isPartial ||= dropped > this.#lastId;
  }

  /** Takes an event before the store does, so that changes are as they were. */
  take(event: ConsoleEvent, changeOf: ChangeOf): void {
    this.#lastId = event.id;
    switch (event.event) {
      case 'routes':
        this.#describe(event);
        break;
      case 'shardStarted':
        this.#shard(event.shardId).isClosed = false;
        break;
      case 'shardFinished':
        this.#shard(event.shardId).isClosed = true;
        this.#foldClosed();
        break;
      case 'read':
        this.#shard(event.shardId).read += event.records.length;
        break;
      case 'filtered':
        this.#shard(event.shardId).filtered += numbersIn(event.records).filter(
          (number) => changeOf(number)?.status !== 'filtered',
        ).length;
        break;
      case 'invocationStarted': {
        const { shardId, slot, requestId } = event;
        this.#shard(shardId).slots.set(slot, requestId);
        this.#running.set(requestId, { shardId, slot });
        break;
      }
      case 'invocation':
        this.#invoked(event, changeOf);
        break;
      case 'checkpoint':
        this.#passed(event, changeOf);
        break;
      case 'message':
        this.#accepted(event);
        break;
      case 'state':
        // A mapping that begins anew has no running invocations.
        if (event.state === 'Disabled') this.#rest();
        break;
      case 'stopped':
        this.#rest();
        break;
    }
  }

  /** Other routes begin with other counts. */
  #describe(handler: Event<'routes'>): void {
    if (handler.routesId === this.handler?.routesId) return;
    this.#version.isOld = true;
    this.#version = { isOld: false };
    this.#sets = new Map();
    this.#entities.clear();
    this.handler = handler;
    this.routes = handler.routes.map((route) => ({
      ...route,
      handled: 0,
      maybeHandled: 0,
      failed: 0,
      maybeFailed: 0,
    }));
    this.unrouted = 0;
    this.uncounted = 0;
  }

  #shard(shardId: string): Shard {
    const known = this.#shards.get(shardId);
    if (known !== undefined) return known;
    const fresh: Shard = {
      shardId,
      isClosed: false,
      read: 0,
      filtered: 0,
      succeeded: 0,
      discarded: 0,
      failedInvocations: 0,
      slots: new Map(),
    };
    this.#shards.set(shardId, fresh);
    this.#foldClosed();
    return fresh;
  }

  #foldClosed(): void {
    for (const { shardId, isClosed, read } of this.#shards.values()) {
      if (this.#shards.size <= MAX_SHARDS) break;
      if (!isClosed) continue;
      this.#shards.delete(shardId);
      this.closed.shards++;
      this.closed.read += read;
    }
  }

  #invoked(event: Event<'invocation'>, changeOf: ChangeOf): void {
    const { shardId, requestId, outcome, records, failures = [], routes = [] } = event;
    const shard = this.#shard(shardId);
    this.#ended(requestId, shard);
    if (outcome === 'failed' || outcome === 'partial') shard.failedInvocations++;
    for (const group of routes) {
      if (group.routesId !== this.handler?.routesId) continue;
      const set = this.#setOf(group);
      for (const change of changesIn(group.records, changeOf)) change.routes = set;
    }
    if (failures.length === 0) return;
    const changes = changesIn(records, changeOf);
    const byEvent = new Map(changes.map((change) => [change.record.eventID, change]));
    for (const { eventID } of failures) {
      const change = changes.length === 1 ? changes[0] : byEvent.get(eventID);
      for (const route of this.#these(change, 'taken')) route.failed++;
      for (const route of this.#these(change, 'undecided')) route.maybeFailed++;
    }
  }

  #ended(requestId: string, shard: Shard): void {
    const slot = this.#running.get(requestId)?.slot;
    this.#running.delete(requestId);
    if (slot !== undefined && shard.slots.get(slot) === requestId) shard.slots.set(slot, undefined);
  }

  #passed({ shardId, records, outcome }: Event<'checkpoint'>, changeOf: ChangeOf): void {
    const shard = this.#shard(shardId);
    for (const number of numbersIn(records)) {
      const change = changeOf(number);
      // A mapping that starts again, such as with changed code, can deliver records twice.
      if (change?.isCounted) continue;
      shard[outcome]++;
      if (outcome === 'discarded') this.discarded++;
      else if (change?.status !== 'dead-lettered') this.#handled(change);
    }
  }

  #handled(change: Change | undefined): void {
    if (this.handler?.kind !== 'router') return;
    const set = change?.routes;
    if (set === undefined || set.version.isOld) {
      this.uncounted++;
      return;
    }
    const entity = change?.entity;
    if (entity !== undefined) this.#entities.set(entity, this.handledOf(entity) + 1);
    if (isUnrouted(set)) this.unrouted++;
    for (const route of this.#these(change, 'taken')) route.handled++;
    for (const route of this.#these(change, 'undecided')) route.maybeHandled++;
  }

  /** The routes of a change, among those of the present code. */
  #these(change: Change | undefined, verdict: 'taken' | 'undecided'): readonly Route[] {
    const set = change?.routes;
    if (set === undefined || set.version.isOld) return [];
    return set[verdict].flatMap((place) => this.routes[place] ?? []);
  }

  #setOf({ taken, undecided }: RouteRanges): RouteSet {
    const key = `${taken} ${undecided}`;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const fresh: RouteSet = { taken, undecided, version: this.#version };
    if (this.#sets.size < MAX_SETS) this.#sets.set(key, fresh);
    return fresh;
  }

  #accepted({ service, name }: Event<'message'>): void {
    const key = `${service} ${name}`;
    const target = this.#targets.get(key);
    if (target !== undefined) target.messages++;
    else if (this.#targets.size < MAX_TARGETS) this.#targets.set(key, { service, name, messages: 1 });
  }

  #rest(): void {
    this.#running.clear();
    for (const { slots } of this.#shards.values()) {
      for (const slot of slots.keys()) slots.set(slot, undefined);
    }
  }
}

/** Returns true if no route takes a change, or may take it. */
export function isUnrouted({ taken, undecided }: RouteSet): boolean {
  return taken.length === 0 && undecided.length === 0;
}

function changesIn(records: NumberRanges, changeOf: ChangeOf): readonly Change[] {
  return numbersIn(records).flatMap((number) => changeOf(number) ?? []);
}
