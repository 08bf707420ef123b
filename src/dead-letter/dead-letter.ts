import type { Context, DynamoDBRecord } from 'aws-lambda';
import { jsonTextOf, nestsDeeper } from '../item/json-text.ts';
import { copyOf } from '../record/copy.ts';
import { type ThrownError, thrownError } from './thrown-error.ts';

/** The shape that this version writes and reads. */
export const DEAD_LETTER_VERSION = 'streamlane.dead-letter/1';

/**
 * A record that failed for good, with all that is needed to find out why and to handle it after all.
 *
 * ```json
 * {
 *   "version": "streamlane.dead-letter/1",
 *   "id": "arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000/400000000000000000001",
 *   "time": "2026-01-01T12:00:00.000Z",
 *   "error": { "name": "ValidationError", "message": "...", "code": "VALIDATION_FAILED", "retryable": false, "stack": "..." },
 *   "function": { "name": "invoices", "version": "$LATEST", "requestId": "7f8a1c52-..." },
 *   "record": { "eventID": "...", "eventName": "INSERT", "dynamodb": { "Keys": {}, "NewImage": {}, "SequenceNumber": "..." } }
 * }
 * ```
 *
 * **It holds the item**, as `record` is what Lambda sent: keep it as safe as the table.
 */
export interface DeadLetter {
  readonly version: 'streamlane.dead-letter/1';
  /**
   * The stream's ARN and the record's sequence number: the same for every letter about the record. As the partition
   * key of a table it makes a repeated letter overwrite itself.
   */
  readonly id: string;
  /** When the record was given up: ISO 8601. */
  readonly time: string;
  /** What its handler threw last. */
  readonly error: ThrownError;
  /** What gave the record up; each is empty where the handler got no Lambda context. */
  readonly function: {
    readonly name: string;
    readonly version: string;
    readonly requestId: string;
  };
  /**
   * The record as Lambda sent it. In the letter that is sent it is the text of its JSON where it nests deeper than 30
   * levels, which a table does not take: `deadLetterOf` reads both.
   */
  readonly record: DynamoDBRecord;
}

/**
 * How deep a record may nest in a letter. A table takes 32 levels, of which the letter is one, and a queue's message has
 * to be written as JSON, which fills the stack at some depth.
 */
const MAX_LEVELS = 30;

/** A letter as it is sent: `deadLetterOf` makes a record of the text again. */
type SentLetter = Omit<DeadLetter, 'record'> & { readonly record: DynamoDBRecord | string };

/** Makes the letter about a record that failed. */
export function deadLetterAbout(
  record: DynamoDBRecord,
  thrown: unknown,
  lambdaContext: Context | undefined,
): DeadLetter {
  return {
    version: DEAD_LETTER_VERSION,
    id: deadLetterId(record),
    time: new Date().toISOString(),
    error: thrownError(thrown),
    function: {
      name: lambdaContext?.functionName ?? '',
      version: lambdaContext?.functionVersion ?? '',
      requestId: lambdaContext?.awsRequestId ?? '',
    },
    record,
  };
}

/**
 * Makes the letter that a sink gets: with a copy of the record, because a sink of the user's may change it, and the next
 * attempt and letter read the record again; with text of a record that nests too deep for the sink.
 */
export function sentLetterOf(letter: DeadLetter): SentLetter {
  const { record } = letter;
  return {
    ...letter,
    record: nestsDeeper(record, MAX_LEVELS) ? jsonTextOf(record) : (copyOf(record) as DynamoDBRecord),
  };
}

/** What the letters about one record have in common. */
function deadLetterId(record: DynamoDBRecord): string {
  return `${record.eventSourceARN ?? ''}/${record.dynamodb?.SequenceNumber}`;
}
