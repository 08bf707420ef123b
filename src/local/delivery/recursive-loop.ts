import type { DynamoDBRecord } from 'aws-lambda';
import { keysText } from '../../item/sorted-entries.ts';
import { creationMsOf } from '../../record/creation-time.ts';
import type { RecursiveLoopEvent } from '../mapping-events.ts';

/** The last handling of an item's changes. */
interface Handling {
  /** How many handlings in a row were followed by a change of the item. */
  chain: number;
  /** When the first of them began. */
  readonly since: number;
  readonly startedAt: number;
  /** Infinity while it runs. */
  endedAt: number;
  /** A change followed this one. */
  wasFollowed: boolean;
  /** When a change of the item was last read. */
  changedAt: number;
  /** A chain of that many is tested. */
  testAt: number;
  /** The item did not change while the next handling was held back. */
  wasCalm: boolean;
  /** The handling that was held back, while the item did not change: this one, or one before it. */
  test: Handling | undefined;
}

/** A batch that waits, to see if its items change meanwhile. */
export interface Hold {
  readonly delayMs: number;
  /** The delay is over. */
  readonly end: () => void;
}

export interface RecursiveLoopOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called once for an item. */
  readonly onFound: (event: RecursiveLoopEvent) => void;
}

/** Where Lambda stops a function that invokes itself through SQS, SNS or S3. It does not look at DynamoDB streams. */
const SUSPICIOUS_CHAIN = 16;

/** How long after its write a change may appear in the stream, or after its handler a write that the handler did not wait for. */
const LATE_MS = 1000;

/** Records carry whole seconds, and clocks differ by another. */
const CLOCK_MS = 2000;

/** Between two handlings of an item. Slower chains are not tested: that would hold back other items for minutes. */
const MAX_INTERVAL_MS = 30_000;
const MIN_INTERVAL_MS = 100;

/** Holding back may take a twentieth of the time. */
const HOLD_SHARE = 20;

/** The first ones are enough to find the cause. */
const MAX_WARNINGS = 3;

const SWEEP_SIZE = 1000;

/**
 * Finds functions that invoke themselves: handling a change of an item writes to that item, which is a change to handle.
 *
 * A change follows a handling of its item if it was created and read while that ran, or within a second. Changes that were there
 * before follow nothing, so a backlog is not suspicious.
 *
 * That proves nothing: others may write to the item as often. So a chain of 16 is tested. The next handling is held back: for a
 * second, in which late changes arrive, then for twice the usual time between two handlings. It is a loop if no change is read in
 * that time, and one follows once the handling has run. A writer elsewhere does not wait for the handler. Its chain is tested again
 * when it is twice as long.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export class RecursiveLoopDetector {
  readonly #options: RecursiveLoopOptions;
  /** The last handling of each item; those that ended long ago are dropped now and then. */
  readonly #handlings: Map<string, Handling> = new Map();
  /** The changes that followed a handling. */
  readonly #following: WeakSet<DynamoDBRecord> = new WeakSet();
  readonly #found: Set<string> = new Set();
  #sweepAt = SWEEP_SIZE;
  #holdAgainAt = Number.NEGATIVE_INFINITY;

  constructor(options: RecursiveLoopOptions) {
    this.#options = options;
  }

  /** A record was read that will be handled. */
  read(shardId: string, record: DynamoDBRecord): void {
    if (this.#handlings.size === 0) return;
    const item = itemOf(record);
    const handling = this.#handlings.get(item);
    if (handling === undefined) return;
    const now = this.#options.now();
    handling.changedAt = now;
    const createdAt = creationMsOf(record.dynamodb) ?? Number.NaN;
    if (now > handling.endedAt + LATE_MS || !(createdAt + CLOCK_MS > handling.startedAt)) return;
    this.#following.add(record);
    if (handling.wasFollowed) return;
    handling.wasFollowed = true;
    handling.chain++;
    const { test } = handling;
    if (test === undefined || now > test.endedAt + LATE_MS || this.#found.has(item)) return;
    this.#found.add(item);
    if (this.#isDone) this.#handlings.clear();
    this.#options.onFound({ shardId, records: [record], times: handling.chain });
  }

  /**
   * Asks if the handling of these records is to be held back. Call `end()` of the answer after its delay, then
   * {@link begin}.
   */
  hold(records: readonly DynamoDBRecord[]): Hold | undefined {
    const now = this.#options.now();
    if (this.#isDone || now < this.#holdAgainAt) return undefined;
    const suspects = records.flatMap((record) => this.#suspect(record) ?? []);
    const intervalMs = Math.max(
      MIN_INTERVAL_MS,
      ...suspects.map(({ since, chain }) => (now - since) / chain),
    );
    if (suspects.length === 0 || intervalMs > MAX_INTERVAL_MS) return undefined;
    const calmFrom = now + LATE_MS;
    const delayMs = LATE_MS + 2 * intervalMs;
    this.#holdAgainAt = now + delayMs * HOLD_SHARE;
    return {
      delayMs,
      end() {
        for (const handling of suspects) {
          handling.wasCalm = handling.changedAt < calmFrom;
          if (!handling.wasCalm) handling.testAt = 2 * handling.chain;
        }
      },
    };
  }

  /** The handling of these records begins. @returns what to call when it has ended */
  begin(records: readonly DynamoDBRecord[]): () => void {
    if (this.#isDone) return () => {};
    const startedAt = this.#options.now();
    this.#sweep(startedAt);
    const begun = new Map<string, boolean>();
    for (const record of records) {
      const item = itemOf(record);
      begun.set(item, begun.get(item) === true || this.#following.has(record));
    }
    const handlings = Array.from(begun, ([item, follows]) => {
      const handling = handlingAfter(this.#handlings.get(item), follows, startedAt);
      this.#handlings.set(item, handling);
      return handling;
    });
    return () => {
      const endedAt = this.#options.now();
      for (const handling of handlings) handling.endedAt = endedAt;
    };
  }

  /** Forgets all handlings: no later change follows one of them. */
  forget(): void {
    this.#handlings.clear();
  }

  /** Enough was found: nothing is watched any more. */
  get #isDone(): boolean {
    return this.#found.size >= MAX_WARNINGS;
  }

  #suspect(record: DynamoDBRecord): Handling | undefined {
    if (!this.#following.has(record)) return undefined;
    const item = itemOf(record);
    const handling = this.#handlings.get(item);
    return handling !== undefined && handling.chain >= handling.testAt && !this.#found.has(item)
      ? handling
      : undefined;
  }

  #sweep(now: number): void {
    if (this.#handlings.size < this.#sweepAt) return;
    for (const [item, { endedAt }] of this.#handlings) {
      if (now > endedAt + LATE_MS) this.#handlings.delete(item);
    }
    this.#sweepAt = Math.max(SWEEP_SIZE, 2 * this.#handlings.size);
  }
}

/** @param follows it handles changes that followed the one before */
function handlingAfter(before: Handling | undefined, follows: boolean, startedAt: number): Handling {
  const { chain = 0, since = startedAt, test, testAt = SUSPICIOUS_CHAIN, wasCalm = false } = { ...before };
  const handling: Handling = {
    chain: follows ? chain : 0,
    since: follows ? since : startedAt,
    startedAt,
    endedAt: Number.POSITIVE_INFINITY,
    wasFollowed: false,
    changedAt: startedAt,
    testAt,
    wasCalm: false,
    // The handlings behind it may begin before the next look into the stream.
    test: follows ? test : undefined,
  };
  // Records that are read again, after a pause, follow nothing.
  if (follows && wasCalm) handling.test = handling;
  return handling;
}

function itemOf({ dynamodb }: DynamoDBRecord): string {
  return keysText(dynamodb?.Keys ?? {});
}
