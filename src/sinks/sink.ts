import type { EventName } from '../record/stream-record.ts';

/** What a sink reads of a record: any record that a handler gets fits. */
export interface SinkRecord {
  readonly eventName: EventName;
  readonly eventID: string;
  readonly sequenceNumber: string;
  readonly tableName: string;
  readonly keys: object;
  /** Set by routers and processBatch: aborts at the deadline of the invocation. */
  readonly deadlineSignal?: AbortSignal | undefined;
}

/** What every sink takes besides the message. */
export interface SendOptions {
  /**
   * The record that the message is about. It gives the group id (from the item key) and the deduplication id (from
   * the event id) where the target wants them, and the deadline within which rejected entries are tried again.
   */
  readonly record?: SinkRecord;
  /** Ends the tries to send, as the deadline of `record`'s invocation does: whichever comes first. */
  readonly signal?: AbortSignal;
}

/**
 * Where a handler sends: a topic, a queue, a bus, a table, a bucket.
 *
 * Every sink has this one method in common, so that dead letters, audit entries and `publishTo` go to any of them.
 */
export interface Sink<Options extends SendOptions = SendOptions> {
  /** What is sent to, for messages and dead letters: an ARN, a URL or a name. Never a secret. */
  readonly target: string;
  /**
   * Sends one message. Resolves when the target has accepted it.
   *
   * @throws SinkError when it was refused, or was not accepted before the deadline
   */
  send(message: unknown, options?: Options): Promise<void>;
}
