import { createHash } from 'node:crypto';
import { sortedEntries } from '../../item/sorted-entries.ts';
import type { SinkRecord } from '../sink.ts';
import { jsonValue } from './message-text.ts';

/** Matches the group and deduplication ids that AWS accepts. */
const ALLOWED = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

/**
 * The item key as one text, the same in whatever order the attributes of Keys come.
 *
 * ```text
 * { invoiceId: 'INV-1', customerId: 'C-7' } -> {"customerId":"C-7","invoiceId":"INV-1"}
 * ```
 */
export function itemKeyOf({ keys }: SinkRecord): string {
  return JSON.stringify(Object.fromEntries(sortedEntries(keys)), jsonValue);
}

/**
 * An id that AWS takes: as given, or its SHA-256 where it is longer than 128 characters or has others than ASCII letters,
 * digits and punctuation.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function allowedId(id: string): string {
  return ALLOWED.test(id) ? id : digest(id);
}

/**
 * Returns a deduplication id from the event id and the content of a message. It is the same at every redelivery.
 *
 * The event id alone is not enough: of two messages about one record, AWS would drop the second. Their number is not
 * enough either: a handler that runs again may leave one message out, and AWS would drop the next one in its place.
 */
export function deduplicationIdOf(record: SinkRecord, ...content: readonly (string | undefined)[]): string {
  const { eventID, sequenceNumber, tableName } = record;
  const event = eventID || sequenceNumber;
  return allowedId(
    `${event}-${digest(JSON.stringify([tableName, sequenceNumber, ...content])).slice(0, 32)}`,
  );
}

/** SHA-256, in hexadecimal digits. */
export function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
