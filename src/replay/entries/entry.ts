import type { DynamoDBRecord } from 'aws-lambda';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { type QueuedRecord, queued } from '../../delivery/queued-record.ts';
import { jsonTextOf } from '../../item/json-text.ts';

/** One record that is to be delivered again: once, however many letters or messages hold it. */
export interface Entry<Holder> {
  readonly queued: QueuedRecord;
  /** The item key, in one form whatever the order of its attributes. */
  readonly item: string;
  /** The letters or messages that it came in. */
  readonly holders: Holder[];
  /** It is not delivered, nor is what comes after it in its item. */
  held: boolean;
  done: boolean;
  /** The invocation that it failed in. */
  failure: InvocationOutcome | undefined;
}

export function entryOf<Holder>(record: DynamoDBRecord): Entry<Holder> {
  return {
    queued: queued(record, 0),
    item: itemOf(record),
    holders: [],
    held: true,
    done: false,
    failure: undefined,
  };
}

/** Neither done nor failed. */
export function isWaiting({ done, failure }: Entry<unknown>): boolean {
  return !done && failure === undefined;
}

/** Of an entry's record, which has one. */
export function sequenceNumberOf({ queued }: Entry<unknown>): string {
  return queued.record.dynamodb?.SequenceNumber as string;
}

/** Two items with one sequence number are two records: nothing says that shards share no number. */
export function identityOf(record: DynamoDBRecord): string {
  return `${record.dynamodb?.SequenceNumber?.replace(/^0+/, '')} ${itemOf(record)}`;
}

/** The item key as text, in one form whatever the order of its attributes. */
export function itemOf({ dynamodb }: DynamoDBRecord): string {
  return jsonTextOf(Object.entries(dynamodb?.Keys as object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
