import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RecordFailedMessage } from '../batch/record-failed.ts';
import { type ReplayRecord, sequenceNumberOf } from './records/replay-record.ts';

/** The records of which a sink has accepted a dead letter. They count as handled, and are to be replayed once more. */
export interface DeadLetters {
  has(record: ReplayRecord<unknown>): boolean;
  stop(): void;
}

const CHANNEL = 'streamlane:record-failed';

/** Listens to what streamlane says of failed records in this process, until it is stopped. */
export function deadLetters(): DeadLetters {
  const letters = new Set<string>();
  const keep = (published: unknown): void => {
    const { streamArn, sequenceNumber, outcome } = published as RecordFailedMessage;
    const record = `${streamArn} ${sequenceNumber}`;
    // It may fail afterwards, in a middleware around its dead letter.
    if (outcome === 'deadLettered') letters.add(record);
    else letters.delete(record);
  };
  subscribe(CHANNEL, keep);
  return {
    has: (record) => letters.has(`${record.queued.record.eventSourceARN} ${sequenceNumberOf(record)}`),
    stop: () => void unsubscribe(CHANNEL, keep),
  };
}
