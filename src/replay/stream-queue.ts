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
    const ready = this.ready(this.#waiting);
    this.#waiting = ready;
    const batch = ready.slice(0, batchSize).map(({ queued }) => queued);
    return ready.slice(0, nextBatch(batch, { batchSize, acrossPages: true }).count);
  }

  /** Those of these records, in order, that may be handled: behind no record of their item that stayed. */
  ready(entries: readonly Entry[]): Entry[] {
    const ready: Entry[] = [];
    for (const entry of entries) {
      if (entry.state === 'held' || entry.state === 'failed') this.#blocked.add(entry.item);
      if (entry.state === 'waiting' && !this.#blocked.has(entry.item)) ready.push(entry);
    }
    return ready;
  }
}

function sequenceNumberOf({ queued }: Entry): string {
  return queued.record.dynamodb?.SequenceNumber as string;
}
