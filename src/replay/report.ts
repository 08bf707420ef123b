/**
 * Why a message remains.
 *
 * - `trimmed`: records of its range have left the stream, all of them or some.
 * - `mismatch`: the range holds more records than were discarded: the mapping has filters or a parallelizationFactor.
 * - `unreadable`: the stream could not be read, nor the object of a bucket, or with `newestOnly` an item.
 * - `unrecognized`: it is neither an on-failure document nor a dead letter.
 * - `failed`: the handler failed on a record of it.
 * - `blocked`: a record of it comes after one of the same item that remains, or may come after one of a range that cannot
 *   be read for now.
 * - `stopped`: the replay ended before its turn.
 * - `notDeleted`: its records succeeded, and still the queue would not delete it.
 */
export type RemainingReason =
  | 'trimmed'
  | 'mismatch'
  | 'unreadable'
  | 'unrecognized'
  | 'failed'
  | 'blocked'
  | 'stopped'
  | 'notDeleted';

/** The result of one message: a document or a dead letter. */
export interface MessageReport {
  /** The SQS message id, the URI of an S3 object, or `document 1` and so on. */
  readonly id: string;
  /** `unknown` for a message that was not understood. */
  readonly kind: 'range' | 'payload' | 'deadLetter' | 'unknown';
  /** Empty when unknown. */
  readonly streamArn: string;
  readonly tableName: string;
  /** Only a range says it. */
  readonly shardId: string | undefined;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  /** How many records it is about. */
  readonly records: number;
  /** How many of them were not handed over, because the table has a newer image of their item. */
  readonly skipped: number;
  /**
   * - `replayed`: all of its records succeeded, or were skipped
   * - `skipped`: all of its records were skipped, which is as good as replayed: nothing keeps the message
   * - `remaining`: see `reason`
   * - `planned`: a dry run would have replayed it
   */
  readonly status: 'replayed' | 'skipped' | 'remaining' | 'planned';
  /** Undefined unless it remains. */
  readonly reason: RemainingReason | undefined;
  /** The reason in words; empty when all of its records succeeded. Never item content, unless the handler's own error has some. */
  readonly detail: string;
  /** The records that the handler failed on. Absent where there are none. */
  readonly failures?: readonly FailedRecord[];
  /** In a dry run, the records that would be handed over, with their keys. Absent otherwise. */
  readonly planned?: readonly PlannedRecord[];
}

/** A record of a message, by name. */
export interface PlannedRecord {
  readonly eventName: string | undefined;
  readonly eventID: string | undefined;
  readonly sequenceNumber: string;
  /** The record's `Keys`. They are a part of the item. */
  readonly keys: unknown;
}

/** A record that the handler failed on, and why. */
export interface FailedRecord extends PlannedRecord {
  /** Where the handler reported the record and threw nothing: `the handler reported it`. */
  readonly error: string;
}

/** How far a replay is. Counts are of records, each counted once however many messages have it. */
export interface ReplayProgress {
  readonly records: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** The results of a replay. */
export interface ReplaySummary extends ReplayProgress {
  readonly invocations: number;
  readonly durationMs: number;
  /** Records that were not handed over, because the table has a newer image of their item. */
  readonly skipped: number;
  /**
   * Records that became dead letters again: `deadLetter` sent a letter about them. They are counted in `succeeded` as well,
   * because nothing keeps their message.
   */
  readonly deadLettered: number;
  /** In the order in which they came. */
  readonly messages: readonly MessageReport[];
  /** How many of them remain. */
  readonly remaining: number;
}
