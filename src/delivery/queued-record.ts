import type { DynamoDBRecord } from 'aws-lambda';
import { jsonTextOf } from '../item/json-text.ts';

/** A record that waits for its batch. */
export interface QueuedRecord {
  readonly record: DynamoDBRecord;
  /** The record as JSON: what a batch is measured by, and what an invocation sends. */
  readonly json: string;
  /** Of that text, in UTF-8. */
  readonly bytes: number;
  /** The page of GetRecords that it came with, counted from 1. */
  readonly page: number;
}

export function queued(record: DynamoDBRecord, page: number): QueuedRecord {
  const json = jsonTextOf(record);
  return { record, json, bytes: Buffer.byteLength(json), page };
}
