import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  BaseRecord,
  BatchProcessingOptions,
  EventSourceDataClassTypes,
  FailureResponse,
  SuccessResponse,
} from '@aws-lambda-powertools/batch/types';
import type { BatchItemFailures } from './batch-item-failures.ts';

/** The outcome of a record in the form of Powertools: a result or a message, and the record. */
export type Entry = SuccessResponse | FailureResponse;

/** The input of a call of `process()`. Powertools keeps it on the processor, one for all calls. */
export interface CallInput {
  handler: CallableFunction;
  options: BatchProcessingOptions | undefined;
  records: BaseRecord[];
}

/** The messages that a call of `process()` collects. Powertools keeps them on the processor too. */
export interface CallMessages {
  errors: Error[];
  failureMessages: EventSourceDataClassTypes[];
  successMessages: EventSourceDataClassTypes[];
}

/**
 * The innermost call that code runs for, also after an await. One for all processors: Node 24 keeps each AsyncLocalStorage that
 * has run in the contexts that follow, so a sandbox that made a processor for each batch would become slower with each one.
 */
const INNERMOST: AsyncLocalStorage<Call> = new AsyncLocalStorage();

/** One call of `process()`. */
export class Call {
  readonly #owner: object;
  /** The open call within which this one was made: of closed ones the list would become longer and longer. */
  readonly #outer: Call | undefined;
  input: CallInput;
  messages: CallMessages = { errors: [], failureMessages: [], successMessages: [] };
  /** The errors with which records failed, for the log. */
  readonly causes: Map<unknown, Error> = new Map();
  /** The records that `failureHandler` noted. */
  readonly failed: Set<unknown> = new Set();
  succeeded = 0;
  /** Which records have to be reported: known once all records have settled or the deadline is reached. */
  itemFailures: BatchItemFailures | undefined;
  /** Once true, the response is final: what still runs changes nothing. */
  closed = false;
  /** A record object may be in a batch more than once, so each has a list. */
  readonly #entries: Map<unknown, Entry[]> = new Map();

  /** @param owner the processor */
  constructor(owner: object, input: CallInput) {
    this.#owner = owner;
    let outer = INNERMOST.getStore();
    while (outer?.closed) outer = outer.#outer;
    this.#outer = outer;
    this.input = { ...input, records: copyOf(input.records) };
  }

  /** The call of a processor that code runs for. A hook asks for it: after an await, the processor may show another one. */
  static of(owner: object): Call | undefined {
    let call = INNERMOST.getStore();
    while (call !== undefined && call.#owner !== owner) call = call.#outer;
    return call;
  }

  /** Runs code for this call. */
  run<Result>(run: () => Result): Result {
    return INNERMOST.run(this, run);
  }

  add(record: unknown, entry: Entry): void {
    const entries = this.#entries.get(record);
    if (entries === undefined) this.#entries.set(record, [entry]);
    else entries.push(entry);
  }

  /** The entries of the records that were finished, in the order in which the records were registered. */
  result(): Entry[] {
    return this.input.records.flatMap((record) => this.#entries.get(record)?.splice(0, 1) ?? []);
  }
}

/** Copies the records: handlers may change the event, and with it the array that was registered. */
export function copyOf(records: BaseRecord[]): BaseRecord[] {
  // Other values are refused later, with the other events that cannot be processed.
  return Array.isArray(records) ? [...records] : records;
}

/** Gives what a hook returned if it is an entry, else the one that the hook was expected to return. */
export function entryOr(value: unknown, otherwise: Entry): Entry {
  return isEntry(value) ? value : otherwise;
}

/** Returns true if a hook returned an entry. */
export function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && (value[0] === 'success' || value[0] === 'fail');
}
