import type { DynamoDBRecord } from 'aws-lambda';
import { nextBatch } from '../mapping/batch-size.ts';
import { compareSequenceNumbers } from '../record/sequence-number.ts';
import { type Entry, entryOf, identityOf } from './entry.ts';
import type { TakenMessage } from './taken-message.ts';

/** The records of one stream, in the order of their sequence numbers, and so in order within each item. */
export class StreamQueue {
  readonly #entries: Map<string, Entry> = new Map();
  readonly #blocked: Set<string> = new Set();
  #waiting: Entry[] = [];

  /** Every record that was added. */
  get entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** Adds a record of a message, which may be there from another one. @returns its entry */
  add(record: DynamoDBRecord, message: TakenMessage): Entry {
    const identity = identityOf(record);
    let entry = this.#entries.get(identity);
    if (entry === undefined) {
      entry = entryOf(record);
      this.#entries.set(identity, entry);
      this.#waiting.push(entry);
    }
    entry.messages.add(message);
    return entry;
  }

  /** Nothing is added any more, for now: whatever waits is put in order. */
  sort(): void {
    this.#waiting.sort((a, b) => compareSequenceNumbers(sequenceNumberOf(a), sequenceNumberOf(b)));
  }

  /** The next records whose turn it is; none: that was all. */
  next(batchSize: number): readonly Entry[] {
    this.#waiting = this.#waiting.filter(({ state }) => state === 'waiting');
    const ready = this.ready(this.#waiting).slice(0, batchSize);
    const batch = ready.map(({ queued }) => queued);
    return ready.slice(0, nextBatch(batch, { batchSize, acrossPages: true }).count);
  }

  /** Those of these records, in order, that may be handled: behind no record of their item that stays. */
  ready(entries: readonly Entry[]): Entry[] {
    const held = new Set<string>();
    return entries.filter(({ state, item, messages }) => {
      if ([...messages].every(({ problem }) => problem !== undefined)) held.add(item);
      return state === 'waiting' && !held.has(item) && !this.#blocked.has(item);
    });
  }

  /** The handler failed on a record: its item ends here. */
  fail(entry: Entry, error: string): void {
    entry.state = 'failed';
    entry.error = error;
    this.#blocked.add(entry.item);
  }
}

function sequenceNumberOf({ queued }: Entry): string {
  return queued.record.dynamodb?.SequenceNumber as string;
}
