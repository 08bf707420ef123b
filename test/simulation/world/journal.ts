import { Reference } from '../model/reference.ts';
import type { Scenario } from '../model/scenario.ts';
import type { Change } from '../model/table.ts';
import { type Halting, timersNow } from './clock.ts';
import type { History } from './history.ts';

/** A record that is in flight while its table's schema checks it finishes: for so long a handler may still start. */
const SCHEMA_MS = 5;

/** One invocation, as the world sees it. */
export interface Invocation extends Doings {
  readonly number: number;
  readonly pass: number;
  /** The changes of its event. */
  readonly indexes: readonly number[];
  /** The event, as the function got it. */
  readonly event: { readonly Records: unknown[] };
  /** Its records, also those that were taken out of it. */
  readonly records: readonly unknown[];
  readonly sandbox: Halting;
  /** The first one is what the sandbox reported last: it runs alone until it has succeeded. */
  readonly beginsReported: boolean;
  /** By the monotonic clock. */
  readonly deadlineAt: number;
  /** Lambda ends it then. */
  readonly endsAt: number;
}

/** The events of one invocation. */
interface Doings {
  /** Completed, or in a letter that was accepted, within it. */
  readonly settled: Set<number>;
  /** Failed last, and when, by the clock of timers: what follows at once may work in between. */
  readonly failed: Map<number, number>;
  /** Changes whose letters are known to be accepted: an answer may be lost, or come too late. */
  readonly letters: Set<number>;
  /** Failed for good: nothing helps. */
  readonly failedForGood: Set<number>;
  /** The lowest change whose failure was logged: the answer names it, or an earlier one. */
  lowestFailure: number;
  /** How often each change and route began. */
  readonly starts: Map<string, number>;
  /** Routes that completed since a change was last begun. */
  readonly routes: Map<number, Set<number>>;
  /** Changes whose last handler waited for something. */
  readonly waited: Set<number>;
  /** Lambda has its answer, or has stopped waiting. */
  over: boolean;
  /** Milliseconds that were left when a window began to count records again. */
  leftForCountingAgain?: number;
}

/** Nothing has happened in an invocation yet. */
export function nothingYet(): Doings {
  return {
    settled: new Set(),
    letters: new Set(),
    failed: new Map(),
    failedForGood: new Set(),
    lowestFailure: Number.POSITIVE_INFINITY,
    starts: new Map(),
    routes: new Map(),
    waited: new Set(),
    over: false,
  };
}

/** The fate of one change. */
interface Fate {
  /** The pass over its slot in which it last completed or got a letter. */
  pass: number;
  last: 'nothing' | 'completed' | 'dead-lettered' | 'swallowed';
  ended: 'not yet' | 'succeeded' | 'discarded' | 'filtered';
  gaveUp: boolean;
  /** It was discarded or dead-lettered once before it completed. */
  late: boolean;
  completions: number;
  letters: number;
  documents: number;
}

/** Keeps what happened to each change, and what a copy of the table holds that handlers write. */
export class Journal {
  readonly changes: readonly Change[];
  readonly reference: Reference;
  /** Invocations overlap, or a handler outlived its own: a copy may end with an older change, as documented. */
  mayDiverge = false;
  /** A sandbox died, or a handler completed too late for a note: `idempotent` may run a record again. */
  mayRepeat = false;
  readonly #scenario: Scenario;
  readonly #history: History;
  readonly #fates: Fate[];
  /** Changes that were discarded, dead-lettered or swallowed once, also before the copy was last emptied. */
  readonly everGaveUp: Set<number> = new Set();
  /** Changes whose failure was swallowed: `idempotent` may have noted them as done. */
  readonly #noted: Set<number> = new Set();
  readonly #copy: Map<number, number> = new Map();

  constructor(scenario: Scenario, changes: readonly Change[], history: History) {
    this.changes = changes;
    this.reference = new Reference(scenario);
    this.#scenario = scenario;
    this.#history = history;
    this.#fates = changes.map(untouched);
  }

  fateOf(index: number): Readonly<Fate> {
    return this.#fates[index] as Fate;
  }

  get isIdempotent(): boolean {
    const { entryPoint, layers } = this.#scenario.fn;
    return entryPoint.startsWith('router') && layers.some(({ kind }) => kind === 'idempotent');
  }

  /** Tells if the idempotency store may know a change as done. */
  isNoted(index: number): boolean {
    return this.isIdempotent && (this.fateOf(index).completions > 0 || this.#noted.has(index));
  }

  /** A handler begins, and must be allowed to. */
  started(index: number, route: number, invocation: Invocation, now: number): void {
    const { violate } = bound(this.#history);
    if (this.#isFirst(index, route)) {
      invocation.routes.set(index, new Set());
      invocation.waited.delete(index);
    }
    invocation.failed.delete(index);
    if (invocation.over) violate('12 nothing outside', `change ${index} started after the answer`);
    else if (this.#isCountedAgain(index, route, invocation)) {
      const leftMs = invocation.endsAt - now;
      invocation.leftForCountingAgain ??= leftMs;
      if (leftMs < invocation.leftForCountingAgain / 2)
        violate('5 deadline', `change ${index} is counted again in the time that is kept for the answer`);
    } else if (
      now > invocation.deadlineAt &&
      // The next route follows at once on one that did not wait.
      (this.#isFirst(index, route) || invocation.waited.has(index))
    )
      violate('5 deadline', `change ${index} started at route ${route} after the deadline`);
    if (this.reference.routesOf(this.changes[index] as Change).includes(route) === false)
      violate('route', `change ${index} went to route ${route}, whose condition it does not meet`);
    if (!invocation.indexes.includes(index)) violate('route', `change ${index} is not in the event`);
    this.#checkOrder(index, route, invocation);
    this.#checkAttempts(index, route, invocation);
  }

  /** A route's handler has completed. */
  completed(index: number, route: number, invocation: Invocation): void {
    const fate = this.#fates[index] as Fate;
    if (invocation.over) {
      // It outlived its invocation. That is documented, and its writes may be older than the stored values.
      this.mayDiverge = true;
      this.#history.count('handler completed after its invocation');
    }
    const routes = invocation.routes.get(index)?.add(route);
    const wanted = this.reference.routesOf(this.changes[index] as Change);
    if (!wanted.every((place) => routes?.has(place))) return;
    this.#history.count(fate.completions > 0 ? 'change completed again' : 'change completed');
    fate.completions++;
    fate.late = fate.gaveUp;
    this.#copy.set(this.#itemOf(index), index);
    if (invocation.over) return;
    fate.last = 'completed';
    fate.pass = invocation.pass;
    invocation.settled.add(index);
  }

  failed(index: number, invocation: Invocation, error?: unknown): void {
    invocation.failed.set(index, timersNow());
    if ((error as { readonly retryable?: boolean } | undefined)?.retryable === false)
      invocation.failedForGood.add(index);
    invocation.settled.delete(index);
  }

  /** A middleware of the user has decided that a failure does not matter. */
  swallowed(index: number, invocation: Invocation): void {
    this.#noted.add(index);
    if (invocation.over) return;
    const fate = this.#fates[index] as Fate;
    fate.last = 'swallowed';
    fate.pass = invocation.pass;
    fate.gaveUp = true;
    this.everGaveUp.add(index);
    invocation.settled.add(index);
  }

  /** @param invocations those that it is in, and that are not over */
  deadLettered(index: number, invocations: readonly Invocation[]): void {
    this.#history.count('dead letter');
    const fate = this.#fates[index] as Fate;
    fate.letters++;
    fate.gaveUp = true;
    this.everGaveUp.add(index);
    for (const { pass, settled } of invocations) {
      fate.last = 'dead-lettered';
      fate.pass = pass;
      settled.add(index);
    }
  }

  filtered(index: number): void {
    (this.#fates[index] as Fate).ended = 'filtered';
  }

  /** The mapping has moved past a change, as the function has succeeded with it. */
  succeeded(index: number, pass: number): void {
    const fate = this.#fates[index] as Fate;
    fate.ended = 'succeeded';
    if (!this.reference.needsHandling(this.changes[index] as Change)) return;
    if (fate.last !== 'nothing' && fate.pass === pass) return;
    // The note of `idempotent` says that it is done, where a middleware within has swallowed its failure.
    if (this.isIdempotent && this.#noted.has(index)) {
      fate.last = 'swallowed';
      return;
    }
    if (this.isNoted(index)) {
      this.#history.count('skipped by idempotent');
      fate.last = 'completed';
    } else this.#history.violate('1 no false success', `change ${index} was lost in pass ${pass}`);
  }

  discarded(index: number): void {
    const fate = this.#fates[index] as Fate;
    fate.ended = 'discarded';
    fate.gaveUp = true;
    this.everGaveUp.add(index);
    fate.documents++;
  }

  /** The copy is emptied, to be filled again. */
  rebuild(): void {
    for (const index of this.#fates.keys()) this.#fates[index] = untouched();
    this.#copy.clear();
    this.#noted.clear();
  }

  /** At the end: every change has ended, and a copy holds the newest change of each item that was neither discarded nor dead-lettered. */
  checkEnds(): void {
    for (const [index, { ended }] of this.#fates.entries()) {
      if (ended === 'not yet') this.#history.violate('end', `change ${index} was not delivered to its end`);
    }
    this.#history.count(this.mayDiverge ? 'copy that may diverge' : 'copy compared with its table');
    if (this.mayDiverge) return;
    for (const item of new Set(this.changes.map(({ item }) => item))) this.#checkConvergence(item);
  }

  #checkConvergence(item: number): void {
    let newest = -1;
    for (const [index, { ended, last }] of this.#fates.entries()) {
      if (this.#itemOf(index) === item && ended === 'succeeded' && last === 'completed') newest = index;
    }
    const held = this.#copy.get(item) ?? -1;
    if (held >= newest) return;
    // The store keeps newer changes from being handled again: the copy needs a condition of its own then.
    if (this.isIdempotent && this.#fates[held]?.late) return;
    this.#history.violate('11 convergence', `item ${item} ends with change ${held}, its newest is ${newest}`);
  }

  #checkOrder(index: number, route: number, invocation: Invocation): void {
    const { violate } = bound(this.#history);
    const { order, layers, entryPoint, declared } = this.#scenario.fn;
    const { partitions } = this.#scenario.table;
    const own = this.changes[index] as Change;
    const pending = invocation.indexes.filter(
      (older) =>
        older < index &&
        !invocation.settled.has(older) &&
        !this.isNoted(older) &&
        this.reference.needsHandling(this.changes[older] as Change),
    );
    if (invocation.beginsReported && pending.includes(invocation.indexes[0] as number))
      violate('4 least repetition', `change ${index} started beside the one that the sandbox had reported`);
    const isOneLane = (older: Change): boolean =>
      order === 'shard' ||
      entryPoint === 'window' ||
      older.item === own.item ||
      (order === 'partition' && older.item % partitions === own.item % partitions);
    const before = pending.find((older) => isOneLane(this.changes[older] as Change));
    if (before !== undefined)
      violate('3 lane order', `change ${index} started before change ${before} was done`);
    if (layers.length > 0 && entryPoint.startsWith('router')) return;
    // A record in flight goes on to its other routes.
    if (!this.#isFirst(index, route)) return;
    const graceMs = declared || order === 'partition' ? SCHEMA_MS : 0;
    for (const [failed, at] of invocation.failed) {
      if (failed < index && at + graceMs < timersNow())
        violate('4 least repetition', `change ${index} started after change ${failed} had failed`);
    }
  }

  /** As often as `retry` says, and not after an error that nothing helps against. */
  #checkAttempts(index: number, route: number, invocation: Invocation): void {
    const { layers, entryPoint } = this.#scenario.fn;
    const starts = (invocation.starts.get(`${index} ${route}`) ?? 0) + 1;
    invocation.starts.set(`${index} ${route}`, starts);
    if (!entryPoint.startsWith('router') || layers.some(({ kind }) => kind === 'own')) return;
    const most = layers.reduce(
      (product, layer) => product * (layer.kind === 'retry' ? layer.attempts : 1),
      1,
    );
    if (starts > most)
      this.#history.violate('retry', `change ${index} began ${starts} times, and not ${most} at most`);
    if (invocation.failedForGood.has(index))
      this.#history.violate('retry', `change ${index} began again after an error for good`);
  }

  /** A window counts records again whose state a later one has spoilt, in the time that is kept back. */
  #isCountedAgain(index: number, route: number, { starts }: Invocation): boolean {
    return this.#scenario.fn.entryPoint === 'window' && starts.has(`${index} ${route}`);
  }

  #isFirst(index: number, route: number): boolean {
    return this.reference.routesOf(this.changes[index] as Change)[0] === route;
  }

  #itemOf(index: number): number {
    return (this.changes[index] as Change).item;
  }
}

function bound(history: History): Pick<History, 'violate'> {
  return { violate: (invariant, what) => history.violate(invariant, what) };
}

function untouched(): Fate {
  return {
    pass: -1,
    last: 'nothing',
    ended: 'not yet',
    gaveUp: false,
    late: false,
    completions: 0,
    letters: 0,
    documents: 0,
  };
}
