/** What was wrong with the configuration: how a router, a table or a mapping was declared. */
export type ConfigurationErrorCode =
  | 'ASYNC_CONDITION'
  | 'ASYNC_SCHEMA'
  | 'INVALID_CHECKPOINT_FILE'
  | 'INVALID_HANDLER'
  | 'INVALID_ITEM'
  | 'INVALID_OPTION'
  | 'INVALID_PATTERN'
  | 'INVALID_TABLE'
  | 'KEYS_MISMATCH'
  | 'KEYS_REQUIRED'
  | 'MAPPING_CONFLICT'
  | 'MAPPING_NOT_ENABLED'
  | 'MISSING_PEER'
  | 'STREAM_NOT_FOUND'
  | 'UNKNOWN_OPTION'
  | 'VIEW_TYPE_MISMATCH'
  | 'WINDOW_MISMATCH';

/** What was wrong with an event as a whole: no record of it has been handled. */
export type InvalidEventErrorCode =
  | 'INVALID_SEQUENCE_NUMBER'
  | 'NOT_A_DEAD_LETTER'
  | 'NOT_A_STREAM_EVENT'
  | 'WRONG_EVENT_SOURCE';

/** What was wrong with one record: it failed, its neighbours did not. */
export type InvalidRecordErrorCode = 'MISSING_IMAGE' | 'MISSING_KEYS' | 'UNKNOWN_EVENT_NAME';

/** Why a sink could not send a message. */
export type SinkErrorCode =
  | 'SINK_DEADLINE'
  | 'SINK_ENTRY_REFUSED'
  | 'SINK_MESSAGE_INVALID'
  | 'SINK_MESSAGE_TOO_LARGE'
  | 'SINK_REQUEST_FAILED';

/** Every code that an error of streamlane can carry. */
export type StreamlaneErrorCode =
  | ConfigurationErrorCode
  | InvalidEventErrorCode
  | InvalidRecordErrorCode
  | SinkErrorCode
  | 'BATCH_FAILED'
  | 'DEADLINE_REACHED'
  | 'INVALID_ATTRIBUTE_VALUE'
  | 'INVALID_STATE'
  | 'STATE_TOO_LARGE'
  | 'VALIDATION_FAILED';

/**
 * The base of every error that streamlane makes itself.
 *
 * Messages say what failed, what was expected, what came and what to do. They never contain item content.
 */
export abstract class StreamlaneError extends Error {
  /** A literal, stable across releases: branch on this, not on the message. */
  abstract readonly code: StreamlaneErrorCode;
  /** Whether the same record may succeed on a later attempt without anybody changing anything. */
  readonly retryable: boolean = false;
}

/** A router, a table or the stream behind them is not set up as declared. Nothing has been handled. */
export class ConfigurationError extends StreamlaneError {
  // A literal: bundlers rename classes, so `constructor.name` says nothing in production.
  override readonly name: 'ConfigurationError' = 'ConfigurationError';
  readonly code: ConfigurationErrorCode;

  constructor(code: ConfigurationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The event is not a batch of DynamoDB stream records that can be answered. No record has been handled. */
export class InvalidEventError extends StreamlaneError {
  override readonly name: 'InvalidEventError' = 'InvalidEventError';
  readonly code: InvalidEventErrorCode;

  constructor(code: InvalidEventErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One record lacks what every stream record carries. That record fails, its neighbours do not. */
export class InvalidRecordError extends StreamlaneError {
  override readonly name: 'InvalidRecordError' = 'InvalidRecordError';
  readonly code: InvalidRecordErrorCode;

  constructor(code: InvalidRecordErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** An AttributeValue is empty, unknown or malformed. */
export class UnmarshallError extends StreamlaneError {
  override readonly name: 'UnmarshallError' = 'UnmarshallError';
  readonly code: 'INVALID_ATTRIBUTE_VALUE' = 'INVALID_ATTRIBUTE_VALUE';
  /** Where it lies in the item, as in `lines[2].price`. */
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** An image does not fit the table's schema. */
export class ValidationError extends StreamlaneError {
  override readonly name: 'ValidationError' = 'ValidationError';
  readonly code: 'VALIDATION_FAILED' = 'VALIDATION_FAILED';
  /** The attributes that the schema refused, as in `lines[2].price`; `(item)` is the item itself. */
  readonly paths: readonly string[];

  constructor(image: 'newImage' | 'oldImage', paths: readonly string[]) {
    super(
      `The ${image} does not fit the table's schema at ${paths.join(', ')}. ` +
        'Correct the item or widen the schema, then let Lambda deliver the record again.',
    );
    this.paths = paths;
  }
}

/** The time kept back by `reserveMs` was reached: the reason with which `context.signal` aborts. */
export class DeadlineError extends StreamlaneError {
  override readonly name: 'DeadlineError' = 'DeadlineError';
  readonly code: 'DEADLINE_REACHED' = 'DEADLINE_REACHED';
  override readonly retryable: boolean = true;

  constructor(reserveMs: number) {
    super(
      `Less than reserveMs (${reserveMs} ms) of the invocation is left, so no further record starts. ` +
        'If this repeats, raise the function timeout or lower the batch size.',
    );
  }
}

/**
 * At least one record did not succeed and `partialResponses` is off, so the invocation has to throw.
 * `cause` is what the lowest failed record threw.
 */
export class BatchFailedError extends StreamlaneError {
  override readonly name: 'BatchFailedError' = 'BatchFailedError';
  readonly code: 'BATCH_FAILED' = 'BATCH_FAILED';
  override readonly retryable: boolean = true;
  /** The lowest SequenceNumber that did not succeed. */
  readonly checkpoint: string;

  constructor(checkpoint: string, unfinished: number, records: number, options?: ErrorOptions) {
    super(
      `${unfinished} of ${records} records did not succeed, the first at sequence number ${checkpoint}. ` +
        'Lambda will deliver the whole batch again; to repeat less, turn on ReportBatchItemFailures ' +
        'for the mapping and partialResponses for the router.',
      options,
    );
    this.checkpoint = checkpoint;
  }
}

/**
 * The state of a tumbling window cannot be kept: it is not JSON, or larger than a function may answer. Nothing of
 * the invocation has been counted.
 */
export class WindowStateError extends StreamlaneError {
  override readonly name: 'WindowStateError' = 'WindowStateError';
  readonly code: 'INVALID_STATE' | 'STATE_TOO_LARGE';

  constructor(code: 'INVALID_STATE' | 'STATE_TOO_LARGE', message: string) {
    super(message);
    this.code = code;
  }
}

/** A sink did not send a message, or does not know whether it did. The call that sent it fails, no other does. */
export class SinkError extends StreamlaneError {
  override readonly name: 'SinkError' = 'SinkError';
  readonly code: SinkErrorCode;
  override readonly retryable: boolean;
  /** What was sent to: an ARN, a URL or a name. */
  readonly target: string;

  constructor(
    code: SinkErrorCode,
    retryable: boolean,
    target: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${target}: ${message}`, options);
    this.code = code;
    this.retryable = retryable;
    this.target = target;
  }
}
