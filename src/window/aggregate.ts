import type { RecordContext } from '../batch/record-context.ts';
import { WindowStateError } from '../errors.ts';
import type { LazyRecord } from '../record/lazy-record.ts';
import { isThenable } from '../thenable.ts';
import { type StateJson, stateJson } from './window-state.ts';

/** Counts a record: gives the state, or nothing after changing it in place. */
export type Reduce = (state: object, record: LazyRecord, context: RecordContext) => unknown;

/**
 * The state of a window while the records of one invocation are counted, one after the other.
 *
 * `reduce` may change the state in place and then fail. So what it left is not trusted: the state is built anew,
 * from the last copy and the records that had succeeded since. A copy before each record would cost as much as
 * the state is large, so there is one at the start, and one before each record only once `reduce` has turned out
 * to be asynchronous: such a record waits for something anyway, and could not be counted again at the deadline.
 */
export class Aggregate {
  readonly #reduce: Reduce;
  readonly #initial: object;
  readonly #context: RecordContext;
  #state: object;
  /** The last copy. */
  #copy: string;
  /** The records counted since. */
  #since: LazyRecord[] = [];
  #asynchronous = false;
  /** A record is being counted, or failed while it was. */
  #unfinished = false;

  /** @param state what the event carries; `{}` at the first invocation of a window */
  constructor(reduce: Reduce, initial: object, state: object | undefined, context: RecordContext) {
    this.#reduce = reduce;
    this.#initial = initial;
    this.#context = context;
    this.#copy = JSON.stringify(isEmpty(state) ? initial : state);
    this.#state = JSON.parse(this.#copy);
  }

  /** Counts one record. Not before the one before it is done. */
  add(record: LazyRecord): void | Promise<void> {
    if (this.#asynchronous) {
      this.#copy = stateJson(this.#state, this.#initial).text;
      this.#since = [];
    }
    this.#unfinished = true;
    const result = this.#reduce(this.#state, record, this.#context);
    if (!isThenable(result)) {
      this.#added(record, result);
      return;
    }
    this.#asynchronous = true;
    return Promise.resolve(result).then((settled) => this.#added(record, settled));
  }

  /**
   * The state with exactly the records that were counted to the end.
   *
   * @throws WindowStateError; whatever `reduce` throws when it is asked again
   */
  json(): StateJson {
    if (this.#unfinished) this.#countAgain();
    const json = stateJson(this.#state, this.#initial);
    // As JSON: attributes that are undefined are left out of it.
    if (json.text === '{}' && !isEmpty(this.#initial)) {
      throw new WindowStateError(
        'INVALID_STATE',
        'The state of a window became {}, which is what Lambda sends when a window begins: the next invocation would ' +
          'start from initial. Nothing was counted. Keep an attribute in the state, such as a count of 0.',
      );
    }
    return json;
  }

  #added(record: LazyRecord, result: unknown): void {
    // Changed in place, unless it gives another one.
    if (result !== undefined) this.#state = object(result);
    this.#since.push(record);
    this.#unfinished = false;
  }

  #countAgain(): void {
    const records = this.#since;
    this.#state = JSON.parse(this.#copy);
    for (const record of records) {
      const result = this.#reduce(this.#state, record, this.#context);
      if (isThenable(result)) {
        Promise.resolve(result).catch(() => {});
        throw new WindowStateError(
          'INVALID_STATE',
          'reduce answered at once and, asked again for the same record, with a promise. Nothing was counted. ' +
            'Let it depend on the state and the record alone.',
        );
      }
      if (result !== undefined) this.#state = object(result);
    }
  }
}

function object(result: unknown): object {
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) return result;
  throw new WindowStateError(
    'INVALID_STATE',
    'reduce returned something else than an object. Return the state, or nothing after changing it in place.',
  );
}

/** `{}`, or nothing at all: a window begins. */
function isEmpty(state: object | undefined): state is undefined {
  return state === undefined || state === null || Object.keys(state).length === 0;
}
