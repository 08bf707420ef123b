import type { DynamoDBRecord } from 'aws-lambda';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { type QueuedRecord, queued } from '../../delivery/queued-record.ts';
import { keysText } from '../../item/sorted-entries.ts';

/**
 * One record of a replay: once, however many messages hold it.
 *
 * @typeParam Message what a record comes in
 */
export interface ReplayRecord<Message> {
  readonly queued: QueuedRecord;
  /** The item key, in one form whatever the order of its attributes. */
  readonly item: string;
  /** The messages that hold it. */
  readonly messages: Message[];
  /** It is not handed to the handler, nor are later records of its item. */
  held: boolean;
  succeeded: boolean;
  /** The invocation that it failed in. */
  failure: InvocationOutcome | undefined;
}

export function replayRecord<Message>(record: DynamoDBRecord): ReplayRecord<Message> {
  return {
    queued: queued(record, 0),
    item: itemOf(record),
    messages: [],
    held: true,
    succeeded: false,
    failure: undefined,
  };
}

/** Tells whether a record has neither succeeded nor failed. */
export function isWaiting({ succeeded, failure }: ReplayRecord<unknown>): boolean {
  return !succeeded && failure === undefined;
}

/** The sequence number, which every record of a replay has. */
export function sequenceNumberOf({ queued }: ReplayRecord<unknown>): string {
  return queued.record.dynamodb?.SequenceNumber as string;
}

/** Two items with one sequence number are two records: nothing says that shards share no number. */
export function identityOf(record: DynamoDBRecord): string {
  return `${record.dynamodb?.SequenceNumber?.replace(/^0+/, '')} ${itemOf(record)}`;
}

/** The item key as text, in one form whatever the order of its attributes. */
export function itemOf({ dynamodb }: DynamoDBRecord): string {
  return keysText(dynamodb?.Keys as object);
}
