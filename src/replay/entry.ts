import type { DynamoDBRecord } from 'aws-lambda';
import { type QueuedRecord, queued } from '../mapping/queued-record.ts';
import type { TakenMessage } from './taken-message.ts';

/**
 * One record that is to be replayed, once, however many messages have it.
 *
 * - `waiting`: for its turn
 * - `held`: not to be handled, because its message stays; what comes after it in its item waits
 * - `failed`: the handler failed on it; what comes after it in its item waits
 */
export interface Entry {
  readonly queued: QueuedRecord;
  /** The item key, in one form whatever the order of its attributes. */
  readonly item: string;
  readonly messages: Set<TakenMessage>;
  state: 'waiting' | 'held' | 'failed' | 'done';
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
  return JSON.stringify(Object.entries(dynamodb?.Keys ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}
