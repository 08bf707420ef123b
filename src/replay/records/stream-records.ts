import type { DynamoDBRecord } from 'aws-lambda';
import { nextBatch } from '../../delivery/batch-size.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { compareSequenceNumbers } from '../../record/sequence-number.ts';
import { identityOf, isWaiting, type ReplayRecord, replayRecord, sequenceNumberOf } from './replay-record.ts';

/** The records of one stream, in the order of their sequence numbers, and so in order within each item. */
export class StreamRecords<Message> {
  readonly #records: Map<string, ReplayRecord<Message>> = new Map();
  readonly #failedItems: Set<string> = new Set();
  #waiting: ReplayRecord<Message>[] = [];
  /** No record before it waits any more. */
  #next = 0;

  /** How many records were added. */
  get size(): number {
    return this.#records.size;
  }

  /** Adds a record, which another message may have added already. */
  add(added: DynamoDBRecord, message: Message, held: boolean): ReplayRecord<Message> {
    const identity = identityOf(added);
    let record = this.#records.get(identity);
    if (record === undefined) {
      record = replayRecord<Message>(added);
      this.#records.set(identity, record);
      this.#waiting.push(record);
    }
    record.messages.push(message);
    record.held &&= held;
    return record;
  }

  /** Puts the records that wait in order, once all of this round are added. */
  sort(): void {
    this.#waiting = this.#waiting.filter(isWaiting);
    this.#waiting.sort((a, b) => compareSequenceNumbers(sequenceNumberOf(a), sequenceNumberOf(b)));
    this.#next = 0;
  }

  /** The records of the next event. Empty when no record can be handled any more. */
  next(batchSize: number): readonly ReplayRecord<Message>[] {
    while (this.#waiting[this.#next]?.succeeded) this.#next++;
    const ready = this.ready(this.#waiting, this.#next, batchSize);
    const batch = ready.map(({ queued }) => queued);
    return ready.slice(0, nextBatch(batch, { batchSize, acrossPages: true }).count);
  }

  /**
   * Those of these records, in order, that may be handled: no earlier record of their item remains.
   *
   * @param most no more than so many
   */
  ready(
    records: readonly ReplayRecord<Message>[],
    from = 0,
    most: number = records.length,
  ): ReplayRecord<Message>[] {
    const heldItems = new Set<string>();
    const ready: ReplayRecord<Message>[] = [];
    for (let index = from; index < records.length && ready.length < most; index++) {
      const record = records[index] as ReplayRecord<Message>;
      const { item } = record;
      if (!isWaiting(record) || heldItems.has(item) || this.#failedItems.has(item)) continue;
      if (record.held) heldItems.add(item);
      else ready.push(record);
    }
    return ready;
  }

  /** Notes that the handler failed on a record: later records of its item are not handled. */
  fail(record: ReplayRecord<Message>, outcome: InvocationOutcome): void {
    record.failure = outcome;
    this.#failedItems.add(record.item);
  }

  /** The records that come after one of their item that failed or is held. */
  *blocked(): Generator<ReplayRecord<Message>, void, undefined> {
    const heldItems = new Set<string>();
    this.sort();
    for (const record of this.#waiting) {
      if (heldItems.has(record.item) || this.#failedItems.has(record.item)) yield record;
      if (record.held) heldItems.add(record.item);
    }
  }
}
