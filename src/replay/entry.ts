import type { DynamoDBRecord } from 'aws-lambda';
import { type QueuedRecord, queued } from '../mapping/queued-record.ts';
import type { TakenMessage } from './taken-message.ts';

/**
 * One record that is to be replayed, once, however many messages have it.
 *
 * It is held, and so is what comes after it in its item, while every message that has it stays anyway.
 */
export interface Entry {
  readonly queued: QueuedRecord;
  /** The item key, in one form whatever the order of its attributes. */
  readonly item: string;
  readonly messages: Set<TakenMessage>;
  state: 'waiting' | 'failed' | 'done';
  /** What the handler threw, in words. */
  error: string;
}

export function entryOf(record: DynamoDBRecord): Entry {
  return {
    queued: queued(record, 0),
    item: itemOf(record),
    messages: new Set(),
    state: 'waiting',
    error: '',
  };
}

/** Two items with one sequence number are two records: nothing says that shards share no number. */
export function identityOf(record: DynamoDBRecord): string {
  return `${record.dynamodb?.SequenceNumber?.replace(/^0+/, '')} ${itemOf(record)}`;
}

function itemOf({ dynamodb }: DynamoDBRecord): string {
  return JSON.stringify(Object.entries(dynamodb?.Keys as object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
