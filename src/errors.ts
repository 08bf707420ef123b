/** Codes of configuration errors: a router, a table or a mapping was declared wrongly. */
export type ConfigurationErrorCode =
  | 'ASYNC_CONDITION'
  | 'ASYNC_SCHEMA'
  | 'ENDLESS_RETRIES'
  | 'INVALID_CHECKPOINT_FILE'
  | 'INVALID_DOCUMENTS'
  | 'INVALID_HANDLER'
  | 'INVALID_ITEM'
  | 'INVALID_MESSAGE'
  | 'INVALID_OPTION'
  | 'INVALID_OVERRIDE'
  | 'INVALID_PATTERN'
  | 'INVALID_RESULT'
  | 'INVALID_TABLE'
  | 'KEYS_MISMATCH'
  | 'KEYS_REQUIRED'
  | 'LATE_NEXT'
  | 'LATE_ROUTE'
  | 'MAPPING_CONFLICT'
  | 'MAPPING_NOT_ENABLED'
  | 'MISSING_ENVIRONMENT_VARIABLE'
  | 'MISSING_PEER'
  | 'RECORD_REQUIRED'
  | 'STREAM_NOT_FOUND'
  | 'UNEXPECTED_ANSWER'
  | 'UNKNOWN_OPTION'
  | 'VIEW_TYPE_MISMATCH'
  | 'WINDOW_MISMATCH';

/** Codes of errors that concern a whole event. No record of it was handled. */
export type InvalidEventErrorCode =
  | 'INVALID_SEQUENCE_NUMBER'
  | 'MISSING_EVENT_ID'
  | 'NOT_A_DEAD_LETTER'
  | 'NOT_A_STREAM_EVENT'
  | 'WRONG_EVENT_SOURCE';

/** Codes of errors that concern one record. The other records do not fail with it. */
export type InvalidRecordErrorCode =
  | 'INVALID_CREATION_TIME'
  | 'MISSING_IMAGE'
  | 'MISSING_KEYS'
  | 'UNKNOWN_ENTITY'
  | 'UNKNOWN_EVENT_NAME';

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
  | 'DEAD_LETTER_REFUSED'
  | 'INVALID_ATTRIBUTE_VALUE'
  | 'INVALID_STATE'
  | 'STATE_TOO_LARGE'
  | 'VALIDATION_FAILED';

/**
 * The base of every error that streamlane makes itself.
 *
 * Messages name the failure, the expected and the received value, and the remedy. They never contain item content.
 */
export abstract class StreamlaneError<Code extends StreamlaneErrorCode = StreamlaneErrorCode> extends Error {
  /** A literal, stable across releases: branch on this, not on the message. */
  readonly code: Code;
  /** True if the same record may succeed on a later attempt without any change to code, data or configuration. */
  readonly retryable: boolean = false;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Where a {@link ConfigurationError} belongs. */
export interface ConfigurationErrorOptions extends ErrorOptions {
  /** See {@link ConfigurationError.owner}. */
  readonly owner?: string | undefined;
  /** See {@link ConfigurationError.option}. */
  readonly option?: string | undefined;
}

/**
 * A router, a table or the stream behind them is not set up as declared. Nothing has been handled.
 *
 * The message is made of data, so that a tool can show an option by another name, as a command line does:
 *
 * ```text
 *   streamRouter: concurrency has to be a whole number from 1 to 10000, got 0.
 *   owner         option      problem
 * ```
 */
export class ConfigurationError extends StreamlaneError<ConfigurationErrorCode> {
  // A literal: bundlers rename classes, so `constructor.name` says nothing in production.
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'ConfigurationError' = 'ConfigurationError';
  /** The function of streamlane that refuses, as in `streamRouter`. Absent where no single one does. */
  declare readonly owner?: string;
  /** The option that is refused, or the path to it, as in `filterCriteria.filters`. Absent where none is meant. */
  declare readonly option?: string;
  // Not a property of its own, so that loggers do not write the text twice.
  readonly #problem: string;

  /** @param problem the message without owner and option; after an option, a sentence without its subject */
  constructor(
    code: ConfigurationErrorCode,
    problem: string,
    { owner, option, ...options }: ConfigurationErrorOptions = {},
  ) {
    const subject = option === undefined ? '' : `${option} `;
    super(code, `${owner === undefined ? '' : `${owner}: `}${subject}${problem}`, options);
    if (owner !== undefined) this.owner = owner;
    if (option !== undefined) this.option = option;
    this.#problem = problem;
  }

  /** The message without owner and option: the problem, the expected and the received value. */
  get problem(): string {
    return this.#problem;
  }
}

/** The event is not a batch of DynamoDB stream records that can be answered. No record has been handled. */
export class InvalidEventError extends StreamlaneError<InvalidEventErrorCode> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'InvalidEventError' = 'InvalidEventError';
}

/** One record lacks what every stream record carries. That record fails, its neighbours do not. */
export class InvalidRecordError extends StreamlaneError<InvalidRecordErrorCode> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'InvalidRecordError' = 'InvalidRecordError';
}

/** An AttributeValue is empty, unknown or malformed. */
export class UnmarshallError extends StreamlaneError<'INVALID_ATTRIBUTE_VALUE'> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'UnmarshallError' = 'UnmarshallError';
  /** Where it lies in the item, as in `lines[2].price`. */
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super('INVALID_ATTRIBUTE_VALUE', message, options);
    this.path = path;
  }
}

// Of many issues the first few say enough, and names of attributes have up to 64 KB.
const MAX_PATHS_NAMED = 10;
const MAX_PATH_LENGTH = 200;

/** An image does not fit the table's schema. */
export class ValidationError extends StreamlaneError<'VALIDATION_FAILED'> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'ValidationError' = 'ValidationError';
  /** True if the schema returned neither a value nor issues. Then the schema is wrong, not the item. */
  override readonly retryable: boolean;
  // Not a property of its own, so that loggers do not write thousands of paths.
  readonly #paths: readonly string[];

  /** @param paths none where the schema gave neither a value nor issues */
  constructor(image: 'newImage' | 'oldImage', paths: readonly string[], options?: ErrorOptions) {
    super(
      'VALIDATION_FAILED',
      paths.length === 0
        ? `The table's schema returned neither a value nor issues for the ${image}. ` +
            'Correct the schema, then let Lambda deliver the record again.'
        : `The ${image} does not fit the table's schema at ${named(paths)}. ` +
            'Correct the item or widen the schema, then let Lambda deliver the record again.',
      options,
    );
    this.#paths = paths;
    this.retryable = paths.length === 0;
  }

  /**
   * The attributes that the schema refused, as in `lines[2].price`; `(item)` is the item itself. All of them, where the
   * message names ten at most.
   */
  get paths(): readonly string[] {
    return this.#paths;
  }
}

function named(paths: readonly string[]): string {
  const first = paths
    .slice(0, MAX_PATHS_NAMED)
    .map((path) => (path.length > MAX_PATH_LENGTH ? `${path.slice(0, MAX_PATH_LENGTH)}...` : path));
  const more = paths.length - first.length;
  return more === 0 ? first.join(', ') : `${first.join(', ')} and ${more} more`;
}

/**
 * A record failed for good, and its dead letter was not accepted either: so the record fails, and is delivered again.
 * `cause` is what its handler threw.
 */
export class DeadLetterError extends StreamlaneError<'DEAD_LETTER_REFUSED'> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'DeadLetterError' = 'DeadLetterError';
  override readonly retryable: boolean = true;
  /** Where the letter should have gone. */
  readonly target: string;
  /** The error of the sink, or of the fallback if there is one. */
  readonly sinkError: unknown;

  constructor(target: string, sinkError: unknown, options: ErrorOptions) {
    super(
      'DEAD_LETTER_REFUSED',
      `The dead letter was not accepted by ${target}, so the record fails, with its own error as cause. Nothing is ` +
        'lost: Lambda delivers it again. See sinkError. If letters are too large, add a bucket as fallback.',
      options,
    );
    this.target = target;
    this.sinkError = sinkError;
  }
}

/** The time kept back by `reserveMs` was reached: the reason with which `context.signal` aborts. */
export class DeadlineError extends StreamlaneError<'DEADLINE_REACHED'> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'DeadlineError' = 'DeadlineError';
  override readonly retryable: boolean = true;

  constructor(reserveMs: number) {
    super(
      'DEADLINE_REACHED',
      `Less than reserveMs (${reserveMs} ms) of the invocation is left: no further record starts. ` +
        'If this repeats, raise the timeout or lower the batch size.',
    );
  }
}

/**
 * At least one record did not succeed and `partialResponses` is off, so the invocation has to throw.
 * `cause` is what the lowest failed record threw.
 */
export class BatchFailedError extends StreamlaneError<'BATCH_FAILED'> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'BatchFailedError' = 'BatchFailedError';
  override readonly retryable: boolean = true;
  /** The lowest SequenceNumber that did not succeed. */
  readonly checkpoint: string;

  constructor(checkpoint: string, unfinished: number, records: number, options?: ErrorOptions) {
    super(
      'BATCH_FAILED',
      `${unfinished} of ${records} records did not succeed, the first at sequence number ${checkpoint}: Lambda ` +
        'delivers the whole batch again. To repeat less, turn on ReportBatchItemFailures and partialResponses.',
      options,
    );
    this.checkpoint = checkpoint;
  }
}

/**
 * The state of a tumbling window cannot be kept: it is not JSON, or larger than a function may answer. Nothing of
 * the invocation has been counted.
 */
export class WindowStateError extends StreamlaneError<'INVALID_STATE' | 'STATE_TOO_LARGE'> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'WindowStateError' = 'WindowStateError';
}

/** A sink did not send a message, or does not know whether it did. The call that sent it fails, no other does. */
export class SinkError extends StreamlaneError<SinkErrorCode> {
  /** Stays the same in bundles, which rename classes. */
  override readonly name: 'SinkError' = 'SinkError';
  override readonly retryable: boolean;
  /** The target of the message: an ARN, a URL or a name. */
  readonly target: string;

  constructor(
    code: SinkErrorCode,
    retryable: boolean,
    target: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, `${target}: ${message}`, options);
    this.retryable = retryable;
    this.target = target;
  }
}
