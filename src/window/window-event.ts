import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

/** From when to when a tumbling window goes: ISO 8601, to the second. The end belongs to the next window. */
export interface WindowSpan {
  /** The begin. */
  readonly start: string;
  /** The end. */
  readonly end: string;
}

/** The fields of an event with a tumbling window. */
export interface WindowFields {
  /** From when to when the window goes. */
  readonly window: WindowSpan;
  /** The state in the last response of this window; `{}` at its first invocation. */
  readonly state: Readonly<Record<string, unknown>>;
  /** The id of the shard. Each shard has windows of its own. */
  readonly shardId: string;
  /** The ARN of the stream. */
  readonly eventSourceARN: string;
  /** The window closes: there are no records, and `state` is all of it. */
  readonly isFinalInvokeForWindow: boolean;
  /** It closes before its end, because its state was over 1 MB. Records to come begin with `{}` again. */
  readonly isWindowTerminatedEarly: boolean;
}

/**
 * The event of a mapping with `tumblingWindowInSeconds`. `@types/aws-lambda` has it for Kinesis only.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export interface DynamoDBStreamWindowEvent extends DynamoDBStreamEvent, WindowFields {}

/** The response to it: the state for the next invocation, and the checkpoint if there is one. */
export interface DynamoDBWindowResponse extends Partial<DynamoDBBatchResponse> {
  /** The state for the next invocation of this window, at most 1 MB as JSON. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** Returns true if an event comes from a mapping with a tumbling window. */
export function isWindowEvent(event: unknown): event is DynamoDBStreamWindowEvent {
  return (
    typeof (event as { readonly isFinalInvokeForWindow?: unknown } | null)?.isFinalInvokeForWindow ===
    'boolean'
  );
}
