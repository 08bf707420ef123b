import type { DynamoDBRecord } from 'aws-lambda';
import { nextBatch } from '../../delivery/batch-size.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { compareSequenceNumbers } from '../../record/sequence-number.ts';
import { type Entry, entryOf, identityOf, isWaiting, sequenceNumberOf } from './entry.ts';

/** The records of one stream, in the order of their sequence numbers, and so in order within each item. */
export class StreamQueue<Holder> {
  readonly #entries: Map<string, Entry<Holder>> = new Map();
  readonly #blocked: Set<string> = new Set();
  #waiting: Entry<Holder>[] = [];
  /** Nothing before it waits any more. */
  #next = 0;

  /** How many records were added. */
  get size(): number {
    return this.#entries.size;
  }

  /** Adds a record, which may be there from another holder. @returns its entry */
  add(record: DynamoDBRecord, holder: Holder, held: boolean): Entry<Holder> {
    const identity = identityOf(record);
    let entry = this.#entries.get(identity);
    if (entry === undefined) {
      entry = entryOf<Holder>(record);
      this.#entries.set(identity, entry);
      this.#waiting.push(entry);
    }
    entry.holders.push(holder);
    entry.held &&= held;
    return entry;
  }

  /** Nothing is added any more, for now: whatever waits is put in order. */
  sort(): void {
    this.#waiting = this.#waiting.filter(isWaiting);
    this.#waiting.sort((a, b) => compareSequenceNumbers(sequenceNumberOf(a), sequenceNumberOf(b)));
    this.#next = 0;
  }

  /** The next records whose turn it is; none: that was all. */
  next(batchSize: number): readonly Entry<Holder>[] {
    while (this.#waiting[this.#next]?.done) this.#next++;
    const ready = this.ready(this.#waiting, this.#next, batchSize);
    const batch = ready.map(({ queued }) => queued);
    return ready.slice(0, nextBatch(batch, { batchSize, acrossPages: true }).count);
  }

  /**
   * Those of these records, in order, that may be handled: behind no record of their item that stays.
   *
   * @param most no more than so many
   */
  ready(entries: readonly Entry<Holder>[], from = 0, most: number = entries.length): Entry<Holder>[] {
    const held = new Set<string>();
    const ready: Entry<Holder>[] = [];
    for (let index = from; index < entries.length && ready.length < most; index++) {
      const entry = entries[index] as Entry<Holder>;
      if (!isWaiting(entry) || held.has(entry.item) || this.isBlocked(entry)) continue;
      if (entry.held) held.add(entry.item);
      else ready.push(entry);
    }
    return ready;
  }

  /** The handler failed on a record: its item ends here. */
  fail(entry: Entry<Holder>, outcome: InvocationOutcome): void {
    entry.failure = outcome;
    this.#blocked.add(entry.item);
  }

  /** Whether a record of the item has failed. */
  isBlocked({ item }: Entry<Holder>): boolean {
    return this.#blocked.has(item);
  }

  /** The records that come after one of their item that failed or is held. */
  *blocked(): Generator<Entry<Holder>, void, undefined> {
    const held = new Set<string>();
    this.sort();
    for (const entry of this.#waiting) {
      if (held.has(entry.item) || this.isBlocked(entry)) yield entry;
      if (entry.held) held.add(entry.item);
    }
  }
}
