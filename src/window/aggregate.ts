import type { RecordContext } from '../batch/record-context.ts';
import { WindowStateError } from '../errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import type { LazyRecord } from '../record/lazy-record.ts';
import { stateJson } from './window-state.ts';

const REDUCE = { owner: 'streamWindow', option: 'reduce' };

/** Counts a record: gives the state, or nothing after changing it in place. */
export type Reduce = (state: object, record: LazyRecord, context: RecordContext) => unknown;

/** The state of a window at one of its records. */
export interface SealedState {
  /** JSON of the state that holds the first `counted` records, and no others. */
  readonly text: string;
  readonly counted: number;
  /** Records that were counted after those, into a state that a later record may have spoilt. */
  readonly since: readonly LazyRecord[];
}

// Counting again takes about as long as the records since the last copy took: this bounds it. A copy takes a tenth
// of that time at most, so that a large state is not copied all the time.
const COPY_AFTER_MS = 25;
const COPY_AFTER_TIMES_ITS_COST = 10;

/**
 * The state of a window while records are counted, one after the other.
 *
 * `reduce` may change the state in place and then fail, or not finish. So its state is trusted only up to the last
 * copy: the records counted since have to be counted again. There is a copy at the start and every now and then.
 * Once `reduce` turns out to be asynchronous, there is one before each record, because counting again could wait
 * for longer than is left at the deadline.
 */
export class Aggregate {
  readonly #reduce: Reduce;
  readonly #initial: object;
  readonly #context: RecordContext;
  #state: object;
  #copy: string;
  /** Records in the copy. */
  #copied = 0;
  #copyDueAt: number;
  /** The records counted since. */
  #since: LazyRecord[] = [];
  #asynchronous = false;
  /** A record is being counted, or failed while it was. */
  #unfinished = false;
  #sealed = false;

  /** @param text the state before the first record, as JSON */
  constructor(reduce: Reduce, initial: object, text: string, context: RecordContext) {
    this.#reduce = reduce;
    this.#initial = initial;
    this.#context = context;
    this.#copy = text;
    this.#state = JSON.parse(text);
    this.#copyDueAt = performance.now() + COPY_AFTER_MS;
  }

  /** Counts one record, after the one before it has been counted. Does nothing once the state is sealed. */
  add(record: LazyRecord): void | Promise<void> {
    // An asynchronous schema can answer after the deadline.
    if (this.#sealed) return;
    if (this.#since.length > 0) this.#copyWhenDue();
    this.#unfinished = true;
    const result = this.#reduce(this.#state, record, this.#context);
    if (!isPromise(result)) {
      if (isUnfinished(result)) return refuseUnfinished(result, 'reduce', REDUCE);
      this.#added(record, result);
      return;
    }
    this.#asynchronous = true;
    return Promise.resolve(result).then((settled) =>
      isUnfinished(settled) ? refuseUnfinished(settled, 'reduce', REDUCE) : this.#added(record, settled),
    );
  }

  /**
   * Fixes the state at the last record that was counted. Whatever settles later changes nothing.
   *
   * @throws WindowStateError when it is not JSON, or larger than a function may answer
   */
  seal(): SealedState {
    this.#sealed = true;
    const counted = this.#copied + this.#since.length;
    if (!this.#unfinished) return { text: stateJson(this.#state, this.#initial), counted, since: [] };
    return { text: this.#copy, counted: this.#copied, since: this.#since };
  }

  #added(record: LazyRecord, result: unknown): void {
    if (this.#sealed) return;
    // Changed in place, unless it gives another one.
    if (result !== undefined) this.#state = object(result);
    this.#since.push(record);
    this.#unfinished = false;
  }

  #copyWhenDue(): void {
    const startedAt = performance.now();
    if (!this.#asynchronous && startedAt < this.#copyDueAt) return;
    try {
      this.#copy = stateJson(this.#state, this.#initial);
      this.#copied += this.#since.length;
      this.#since = [];
    } catch {
      // A state that cannot be kept now may be one that can at the end. So the last copy stays.
    }
    const endedAt = performance.now();
    this.#copyDueAt = endedAt + Math.max(COPY_AFTER_MS, (endedAt - startedAt) * COPY_AFTER_TIMES_ITS_COST);
  }
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  try {
    return isThenable(result);
  } catch (cause) {
    throw notState('an object that cannot be read', cause);
  }
}

function object(result: unknown): object {
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) return result;
  throw notState('something else than an object');
}

function notState(returned: string, cause?: unknown): WindowStateError {
  return new WindowStateError(
    'INVALID_STATE',
    `reduce returned ${returned}. Return the state, or nothing after changing it in place.`,
    cause === undefined ? undefined : { cause },
  );
}
