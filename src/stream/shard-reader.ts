import { exponentialDelay } from '../delivery/retry-delay.ts';
import { compareSequenceNumbers } from '../record/sequence-number.ts';
import { isServerRecord, type ServerRecord } from './records/server-record.ts';
import type { ShardPosition } from './shard-position.ts';
import { isNotFound, isRefusedIterator, type StreamSource } from './stream-source.ts';
import { wait } from './wait.ts';

export interface ShardReaderOptions {
  readonly source: StreamSource;
  readonly shardId: string;
  readonly position: ShardPosition;
  /** Reading begins right now, at LATEST, rather than where an earlier run was. */
  readonly atLatest: boolean;
  /** Between two polls of a shard that had nothing new. */
  readonly pollIntervalMs: number;
  /** Told when records left the stream before they were read. */
  readonly onTrimmed: () => void;
  /** Called with the number of records of a page that have no place in the shard. They are left out. */
  readonly onUnreadable: (records: number) => void;
}

// GetRecords may answer with empty pages before it comes to records. AWS does not say how many there may be.
const EMPTY_PAGES_AT_THE_END = 10;
const EMPTY_PAGE_REST_MS = 25;

const backoff = exponentialDelay({ minMs: 100, maxMs: 5_000 });

/** Reads a shard page by page, in order. */
export class ShardReader {
  readonly #options: ShardReaderOptions;
  #position: ShardPosition;
  #atLatest: boolean;
  #iterator: string | undefined;
  #restMs = 0;
  #expirations = 0;
  /** When the last polls began, if they had no records: the latest at the end, and no more than say that all records have been read. */
  #emptyPolls: readonly number[] = [];
  /** When {@link recheck} was called. */
  #recheckedAt = 0;
  /** Records before this epoch second were in the shard before LATEST. */
  #leavesOut: number | undefined;

  constructor(options: ShardReaderOptions) {
    this.#options = options;
    this.#position = options.position;
    this.#atLatest = options.atLatest;
  }

  /** Opens the shard now, rather than at the first page. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#guard(async () => {
      this.#iterator ??= await this.#openIterator(signal);
    });
  }

  /**
   * The next page, which may be empty; undefined when the shard is closed and read.
   *
   * @param most called when the page is asked for, for the most records that it may have
   * @throws ResourceNotFoundException, or when the signal aborts
   */
  async next(signal: AbortSignal, most: () => number): Promise<readonly ServerRecord[] | undefined> {
    const { source, pollIntervalMs } = this.#options;
    if (this.#iterator === '') return undefined;
    await wait(this.#restMs, signal);
    signal.throwIfAborted();
    const startedAt = performance.now();
    const page = await this.#guard(async () => {
      this.#iterator ??= await this.#openIterator(signal);
      return source.page(this.#iterator, signal, most(), isRefusedIterator);
    });
    if (page === undefined) return [];
    this.#expirations = 0;
    const { records, next } = page;
    // A closed shard has children, which have the later records.
    const isEmpty = records.length === 0 && next !== undefined;
    this.#emptyPolls = isEmpty ? [...this.#emptyPolls, startedAt].slice(-EMPTY_PAGES_AT_THE_END) : [];
    this.#iterator = next ?? '';
    // A stream that has more is read on at once; Lambda polls an idle shard four times a second.
    this.#restMs = this.#restAfter(records.length, next, pollIntervalMs);
    const readable = records.filter(isServerRecord);
    if (readable.length < records.length) this.#options.onUnreadable(records.length - readable.length);
    return this.#advance(inOrder(readable));
  }

  /** True after enough empty pages in a row to say that all records have been read. A single one is not enough. */
  get hasReadAll(): boolean {
    return this.#emptyPolls.length === EMPTY_PAGES_AT_THE_END;
  }

  /**
   * The time from which on enough polls in a row had no records, as `performance.now()` says: all records from before it have been
   * read. Polls from before it say nothing about records that were written since.
   */
  get emptySince(): number {
    return this.hasReadAll ? (this.#emptyPolls[0] as number) : Number.NEGATIVE_INFINITY;
  }

  /** Polls as often as after a record, until it is known again if all records have been read. */
  recheck(): void {
    this.#recheckedAt = performance.now();
  }

  #restAfter(records: number, next: string | undefined, pollIntervalMs: number): number {
    if (records > 0 || next === undefined) return 0;
    return this.emptySince >= this.#recheckedAt
      ? pollIntervalMs
      : Math.min(pollIntervalMs, EMPTY_PAGE_REST_MS);
  }

  #openIterator(signal: AbortSignal): Promise<string> {
    const { source, shardId } = this.#options;
    const { after, since } = this.#position;
    if (after !== undefined) {
      const position = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after } as const;
      return source.iterator(shardId, position, signal);
    }
    const type = this.#atLatest ? 'LATEST' : 'TRIM_HORIZON';
    // LATEST is asked for once: a second one would leave out the records written since the first.
    this.#atLatest = false;
    // Not for LATEST itself: clocks differ, and records from there are new by definition.
    this.#leavesOut = type === 'LATEST' ? undefined : since;
    return source.iterator(shardId, { ShardIteratorType: type }, signal);
  }

  #advance(records: readonly ServerRecord[]): readonly ServerRecord[] {
    const after = records.at(-1)?.dynamodb.SequenceNumber;
    if (after === undefined) return records;
    this.#position = { after };
    const since = this.#leavesOut;
    if (since === undefined) return records;
    const first = records.findIndex((record) => !isOlder(record, since));
    if (first === -1) return [];
    this.#leavesOut = undefined;
    return records.slice(first);
  }

  /** Undefined: the iterator was of no use, and the next call opens another one. */
  async #guard<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await call();
    } catch (error) {
      const { name } = error as Error;
      if (isNotFound(error)) throw error;
      // The first one passes with another iterator. More in a row do not: a clock is wrong, or the server is.
      this.#restMs = this.#expirations === 0 ? 0 : backoff(this.#expirations);
      this.#expirations++;
      // Nothing was read, so this says nothing about what there is.
      this.#emptyPolls = [];
      if (name === 'TrimmedDataAccessException') {
        this.#options.onTrimmed();
        this.#position = {};
      } else if (name !== 'ExpiredIteratorException') {
        if (!isRefusedIterator(error)) throw error;
        this.#options.source.tell('GetRecords', error, this.#restMs);
      }
      this.#iterator = undefined;
      return undefined;
    }
  }
}

/** Sorts records that a server sends out of order: a function that reports the lowest that failed would pass over those before it. */
function inOrder(records: readonly ServerRecord[]): readonly ServerRecord[] {
  const compare = (a: ServerRecord, b: ServerRecord): number =>
    compareSequenceNumbers(a.dynamodb.SequenceNumber, b.dynamodb.SequenceNumber);
  const isSorted = records.every(
    (record, index) => index === 0 || compare(records[index - 1] as ServerRecord, record) <= 0,
  );
  return isSorted ? records : records.toSorted(compare);
}

function isOlder({ dynamodb }: ServerRecord, since: number): boolean {
  const created = dynamodb.ApproximateCreationDateTime;
  return created !== undefined && created < since;
}
