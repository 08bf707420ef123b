import { channel } from 'node:diagnostics_channel';
import { ignoreErrors } from '../promise/ignore-errors.ts';

/**
 * The message of the channel `streamlane:record-failed` of `node:diagnostics_channel`: one record failed.
 *
 * It is published for each failure of a record that the router, `processBatch`, a window or the `OrderedStreamProcessor`
 * reports, and for each dead letter that a sink has accepted. Records that the deadline left unfinished are not failures.
 * A dead-lettered record can fail afterwards, in a middleware around `deadLetter`: then both messages are published.
 *
 * The message is frozen, and holds nothing of the item, unless `error` does. What a subscriber throws or rejects with is
 * dropped, so that it cannot fail the record, the batch or the process. Subscribers run synchronously, in the
 * invocation's own time. Without subscribers no message is made.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { RecordFailedMessage } from 'streamlane';
 *
 * subscribe('streamlane:record-failed', (message) => {
 *   const { tableName, eventID, outcome } = message as RecordFailedMessage;
 *   console.info({ tableName, eventID, outcome });
 * });
 * ```
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
export interface RecordFailedMessage {
  /** `failed`: Lambda delivers the record again. `deadLettered`: a sink accepted its letter, so it counts as handled. */
  readonly outcome: 'failed' | 'deadLettered';
  /** The record's id. Undefined for a malformed record. */
  readonly eventID: string | undefined;
  /** `INSERT`, `MODIFY` or `REMOVE`, unless the record is malformed. */
  readonly eventName: string | undefined;
  /** The entity that the record belongs to, for a table that declares entities. */
  readonly entity?: string | undefined;
  /** From EventBridge Pipes, where a record may lack it, it may be empty. */
  readonly sequenceNumber: string | undefined;
  /** The record's `eventSourceARN`. */
  readonly streamArn: string | undefined;
  /** The table's name, read from the stream's ARN. */
  readonly tableName: string | undefined;
  /**
   * The thrown value itself, not a copy. It is nearly always an Error. `OrderedStreamProcessor` wraps other values in an
   * Error with the value as its `cause`, because Powertools declares an Error.
   */
  readonly error: unknown;
}

/** The part of a channel that is used. */
export interface FailureChannel {
  readonly name: string | symbol;
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

/**
 * Publishes the failure of a record, if there is a subscriber.
 *
 * @param messageOf is called only then
 */
export function publishRecordFailed(
  messageOf: () => RecordFailedMessage,
  // Not made before a failure needs it: that takes 0.2 ms of each cold start (bench: footprint).
  failures: FailureChannel = channel('streamlane:record-failed'),
): void {
  if (failures.hasSubscribers) ignoreErrors(() => send(failures, Object.freeze(messageOf())));
}

/**
 * Calls each subscriber by itself. `publish` turns what one throws into an `uncaughtException`, and leaves the promise of
 * an asynchronous one alone: either ends the process, and the batch with it. Node has no public list of subscribers; where
 * this one is missing, `publish` calls them.
 */
function send(failures: FailureChannel, message: RecordFailedMessage): void {
  const { _subscribers: subscribers } = failures as { readonly _subscribers?: unknown };
  if (!Array.isArray(subscribers)) {
    failures.publish(message);
    return;
  }
  // A copy: one that unsubscribes must not make the next one miss the message.
  for (const subscriber of [...subscribers]) ignoreErrors(() => subscriber(message, failures.name));
}
