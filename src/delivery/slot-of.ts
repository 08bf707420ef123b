import type { DynamoDBRecord } from 'aws-lambda';
import { keysText } from '../item/sorted-entries.ts';

/**
 * The slot of a record, from 0. Changes of one item share a slot, and so stay in order. Items of one partition key may be in
 * different slots, as on AWS: a DynamoDB stream keeps order per item, which is partition and sort key. Only Kinesis keeps it per
 * partition key. How AWS hashes is unknown, and nothing here depends on it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export function slotOf(record: DynamoDBRecord, slots: number): number {
  if (slots === 1) return 0;
  let hash = 0x811c9dc5; // FNV-1a
  for (const byte of Buffer.from(keysText(record.dynamodb?.Keys ?? {})))
    hash = Math.imul(hash ^ byte, 0x01000193);
  // The lowest bit of FNV is the parity of the bytes: numbered items would come in clumps of one slot. Murmur's last steps mix it.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % slots;
}
