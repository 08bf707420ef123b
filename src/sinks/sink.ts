import type { EventName } from '../record/stream-record.ts';

/** The members of a record that a sink reads. All records that handlers get have them. */
export interface SinkRecord {
  /** The kind of the change. */
  readonly eventName: EventName;
  /** The record's id, the same at every redelivery: the source of deduplication ids. */
  readonly eventID: string;
  /** The position of the record in its shard. */
  readonly sequenceNumber: string;
  /** The table's name. */
  readonly tableName: string;
  /** The item's key attributes: the source of group ids and of the order. */
  readonly keys: object;
  /** Set by routers and processBatch: aborts at the deadline of the invocation. */
  readonly deadlineSignal?: AbortSignal | undefined;
}

/** With what a message about a record is sent. */
export interface RecordSendOptions {
  /**
   * The record that the message is about. It gives the group id (from the item key) and the deduplication id (from
   * the event id) where the target wants them, and the deadline after which nothing is sent.
   */
  readonly record: SinkRecord;
  /** Left out: the message is about a record. */
  readonly detached?: false | undefined;
  /** Ends the tries to send, as the deadline of `record`'s invocation does: whichever comes first. */
  readonly signal?: AbortSignal | undefined;
}

/** With what a message is sent that is about no record, as at the end of a window. */
export interface DetachedSendOptions {
  /** There is no record: no group, no deduplication id, and no deadline other than `signal`. */
  readonly detached: true;
  /** Left out: the message is not about a record. */
  readonly record?: undefined;
  /** Ends the tries to send. Without it they end after the sink's `attempts`. */
  readonly signal?: AbortSignal | undefined;
}

/** The second argument of `send` for every sink: the record of the message, or `detached: true`. */
export type SendOptions = RecordSendOptions | DetachedSendOptions;

/**
 * Where a handler sends: a topic, a queue, a bus, a table, a bucket.
 *
 * Every sink has this one method in common, so that dead letters, audit entries and `publishTo` go to any of them.
 */
export interface Sink<Options extends SendOptions = SendOptions, Message = unknown> {
  /** The target, for error messages and dead letters: an ARN, a URL or a name. Never a secret. */
  readonly target: string;
  /**
   * Sends one message. Resolves when the target has accepted it.
   *
   * @throws SinkError when it was refused, or was not accepted before the deadline; ConfigurationError
   * `RECORD_REQUIRED` without options
   */
  send(message: Message, options: Options): Promise<void>;
}

// Here and not with the batcher: its declarations stay out of the package.
/** The context of a request. */
export interface RequestContext {
  /** The target, read from the environment if it is `env('NAME')`. */
  readonly target: string;
  /** Aborts at the request's timeout, and once the deadline has come for all of its entries. */
  readonly signal: AbortSignal;
}
