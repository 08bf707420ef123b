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
  /** Nothing before it waits any more. */
  #next = 0;

  /** How many records were added. */
  get size(): number {
    return this.#entries.size;
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
    this.#waiting = this.#waiting.filter(({ state }) => state === 'waiting');
    this.#waiting.sort((a, b) => compareSequenceNumbers(sequenceNumberOf(a), sequenceNumberOf(b)));
    this.#next = 0;
  }

  /** The next records whose turn it is; none: that was all. */
  next(batchSize: number): readonly Entry[] {
    while (this.#waiting[this.#next]?.state === 'done') this.#next++;
    const ready = this.ready(this.#waiting, this.#next, batchSize);
    const batch = ready.map(({ queued }) => queued);
    return ready.slice(0, nextBatch(batch, { batchSize, acrossPages: true }).count);
  }

  /**
   * Those of these records, in order, that may be handled: behind no record of their item that stays.
   *
   * @param most no more than so many
   */
  ready(entries: readonly Entry[], from = 0, most: number = entries.length): Entry[] {
    const held = new Set<string>();
    const ready: Entry[] = [];
    for (let index = from; index < entries.length && ready.length < most; index++) {
      const entry = entries[index] as Entry;
      if (entry.state !== 'waiting' || held.has(entry.item) || this.#blocked.has(entry.item)) continue;
      if (isHeld(entry)) held.add(entry.item);
      else ready.push(entry);
    }
    return ready;
  }

  /** The handler failed on a record: its item ends here. */
  fail(entry: Entry, error: string): void {
    entry.state = 'failed';
    entry.error = error;
    this.#blocked.add(entry.item);
  }
}

/** Every message that has it stays anyway. */
function isHeld({ messages }: Entry): boolean {
  for (const { problem } of messages) if (problem === undefined) return false;
  return true;
}

function sequenceNumberOf({ queued }: Entry): string {
  return queued.record.dynamodb?.SequenceNumber as string;
}
