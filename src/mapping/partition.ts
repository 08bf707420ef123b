import type { DynamoDBRecord } from 'aws-lambda';
import { jsonTextOf } from '../json-text.ts';

/**
 * The lane of a record, from 0: records of one partition key share a lane, and so stay in order. How AWS hashes
 * is unknown; nothing depends on it but which keys go together.
 *
 * @param partitionKey the name of the attribute; undefined: unknown, and all records share a lane
 */
export function laneOf(record: DynamoDBRecord, lanes: number, partitionKey: string | undefined): number {
  if (lanes === 1) return 0;
  let hash = 0x811c9dc5; // FNV-1a
  const key = jsonTextOf(record.dynamodb?.Keys?.[partitionKey ?? ''] ?? null);
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % lanes;
}
