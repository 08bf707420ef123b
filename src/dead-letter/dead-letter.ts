import type { DynamoDBRecord } from 'aws-lambda';
import type { ThrownError } from './thrown-error.ts';

/** The shape that this version writes and reads. */
export const DEAD_LETTER_VERSION = 'streamlane.dead-letter/1';

/** Returns true for the `version` of a dead letter, of this shape or of another one. */
export function isDeadLetterVersion(version: unknown): boolean {
  return typeof version === 'string' && version.startsWith('streamlane.dead-letter/');
}

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
 *   "entity": "order",
 *   "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
 *   "record": { "eventID": "...", "eventName": "INSERT", "dynamodb": { "Keys": {}, "NewImage": {}, "SequenceNumber": "..." } }
 * }
 * ```
 *
 * **It holds the item**, as `record` is what Lambda sent: keep it as safe as the table.
 */
export interface DeadLetter {
  /** The version of the format. */
  readonly version: 'streamlane.dead-letter/1';
  /**
   * The stream's ARN and the record's sequence number: the same for every letter about the record. As the partition
   * key of a table it makes a repeated letter overwrite itself.
   */
  readonly id: string;
  /** The moment in which the letter was made: ISO 8601. */
  readonly time: string;
  /** The last error of its handler. */
  readonly error: ThrownError;
  /** The function that stopped retrying the record. The texts are empty if the handler got no Lambda context. */
  readonly function: {
    readonly name: string;
    readonly version: string;
    readonly requestId: string;
  };
  /**
   * The entity that the record belongs to, for a table that declares entities. Absent for a record that belongs to none, or
   * whose entity could not be told.
   */
  readonly entity?: string;
  /** The trace in which the record failed. Absent without the middleware `tracing`. A replay links to it. */
  readonly traceparent?: string;
  /**
   * The record as Lambda sent it. In the letter that is sent it is the text of its JSON where it nests deeper than 30
   * levels, which a table does not take: `parseDeadLetter` reads both.
   */
  readonly record: DynamoDBRecord;
}
