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
  /** The table of the stream. Empty when unknown. */
  readonly tableName: string;
  /** Only a range says it. */
  readonly shardId: string | undefined;
  /** The sequence number of its first record. Empty when unknown. */
  readonly startSequenceNumber: string;
  /** The sequence number of its last record. Empty when unknown. */
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
  /** The kind of the change. Undefined for a malformed record. */
  readonly eventName: string | undefined;
  /** The record's id. Undefined for a malformed record. */
  readonly eventID: string | undefined;
  /** The position of the record in its shard. */
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
  /** Records of all messages. */
  readonly records: number;
  /** Of them, those that the handler has handled. */
  readonly succeeded: number;
  /** Of them, those that the handler failed on. */
  readonly failed: number;
}

/** The results of a replay. */
export interface ReplaySummary extends ReplayProgress {
  /** Invocations of the handler. */
  readonly invocations: number;
  /** Milliseconds that the replay took. */
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
