import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { SdkClient } from '../aws-clients/sdk-client.ts';
import type { LambdaHandler } from '../delivery/lambda-handler.ts';
import { requireHandler } from '../delivery/require-handler.ts';
import type { ConnectionOptions } from '../local/local-options.ts';
import { type FilterCriteria, type RecordFilter, recordFilter } from '../mapping/filter-criteria.ts';
import {
  BOOLEAN,
  type Check,
  type Checks,
  CLIENT,
  CREDENTIALS,
  FUNCTION,
  numberFrom,
  SIGNAL,
  TEXT,
  URL_TEXT,
  wholeNumberFrom,
} from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import type { ReplayProgress } from './report.ts';
import { isS3Uri } from './sources/bucket-source.ts';

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** On-failure documents and dead letters, as objects or as JSON. This, `queueUrl` or `s3Uri`. */
  readonly documents?: readonly unknown[];
  /** URL of an SQS queue with them. A message is deleted once its records succeeded, and not before. */
  readonly queueUrl?: string;
  /**
   * Objects of a bucket with them, as `s3://bucket/prefix`: all whose keys begin with the prefix. They stay, unless
   * `deleteObjects` is true.
   */
  readonly s3Uri?: string;
  /**
   * Deletes an object once all of its documents are done, and not before.
   *
   * @defaultValue false
   */
  readonly deleteObjects?: boolean;
  /** The handler to invoke: a router, or any other handler for Lambda. Required, unless `dryRun` is true. */
  readonly handler?: LambdaHandler;
  /**
   * Says what would be replayed, and invokes nothing. Messages of a queue are received to be looked at, which
   * counts for its redrive policy, and given back.
   *
   * @defaultValue false
   */
  readonly dryRun?: boolean;
  /** A client for DynamoDB Streams of your own, in place of `endpoint`, `region` and `credentials`. */
  readonly client?: DynamoDBStreamsClient;
  /** URL of a server that speaks DynamoDB Streams. */
  readonly endpoint?: string;
  /** @defaultValue the region in the ARN of each stream; for the queue, the one in its URL */
  readonly region?: string;
  /** AWS credentials, or a function that gives them. */
  readonly credentials?: NonNullable<ConnectionOptions['credentials']>;
  /** An `SQSClient` of your own for the queue. */
  readonly sqsClient?: SdkClient;
  /** URL of the server that has the queue. */
  readonly queueEndpoint?: string;
  /** An `S3Client` of your own for the bucket. */
  readonly s3Client?: SdkClient;
  /** URL of the server that has the bucket. */
  readonly s3Endpoint?: string;
  /**
   * Skips records whose item has a newer image in its table by now, and reports them as skipped: for handlers that
   * copy items, which an older change would set back. Reads each item once, consistently, before the first record is
   * handed over.
   *
   * | record | is skipped when the table |
   * | --- | --- |
   * | INSERT or MODIFY with a new image | has no such item, or another image of it |
   * | INSERT or MODIFY without | has no such item |
   * | REMOVE | has such an item |
   *
   * What it cannot know: changes after the read; whether a newer image has been handled; an item that was changed and
   * changed back, which counts as the newest.
   *
   * @defaultValue false
   */
  readonly newestOnly?: boolean;
  /** A `DynamoDBClient` of your own for `newestOnly`. */
  readonly tableClient?: SdkClient;
  /**
   * URL of the server that has the tables, for `newestOnly`.
   *
   * @defaultValue `endpoint`
   */
  readonly tableEndpoint?: string;
  /**
   * Records per invocation at most, 1 to 10,000; 6 MB at most in any case.
   *
   * @defaultValue 100
   */
  readonly batchSize?: number;
  /** The filters of the mapping, if it has any: a range of the stream also has the records that they left out. */
  readonly filterCriteria?: FilterCriteria;
  /**
   * Replays ranges that hold more or fewer records than were discarded: fewer, when some have left the stream; more,
   * when the mapping has filters or a parallelizationFactor, and then records are replayed that had succeeded.
   *
   * @defaultValue false: such a message remains
   */
  readonly allowCountMismatch?: boolean;
  /**
   * Reads failed records from the handler's response. False: any response is success, as for a mapping without
   * ReportBatchItemFailures.
   *
   * @defaultValue true
   */
  readonly partialResponses?: boolean;
  /**
   * `context.functionName`.
   *
   * @defaultValue for a dead letter, the name of the function that wrote it; otherwise `'replay'`
   */
  readonly functionName?: string;
  /**
   * Seconds until an invocation has failed, above 0 and at most 5,400.
   *
   * @defaultValue 60
   */
  readonly timeoutSeconds?: number;
  /**
   * Seconds for which messages are made invisible, 3 to 43,200; prolonged for as long as the replay takes.
   *
   * @defaultValue 120
   */
  readonly visibilityTimeoutSeconds?: number;
  /** Ends the replay after the invocation that runs: unhandled records remain. */
  readonly signal?: AbortSignal;
  /** Called with the number of records to do, and after each invocation. Its errors and rejections are dropped. */
  readonly onProgress?: (progress: ReplayProgress) => void;
  /**
   * Told when the stream could not be read and is tried again, and when messages could not be kept from others or
   * given back. Its errors and rejections are dropped.
   */
  readonly onProblem?: (operation: string, error: unknown) => void;
}

/** {@link ReplayOptions}, checked and with defaults. */
export interface ReplaySettings {
  /** Undefined in a dry run. */
  readonly handler: LambdaHandler | undefined;
  readonly batchSize: number;
  readonly filter: RecordFilter | undefined;
  readonly newestOnly: boolean;
  readonly allowCountMismatch: boolean;
  readonly partialResponses: boolean;
  readonly functionName: string | undefined;
  readonly timeoutMs: number;
  readonly visibilityTimeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReplayProgress) => void;
  readonly onProblem: (operation: string, error: unknown) => void;
}

const OWNER = 'replay';

type CheckedApart = 'handler' | 'filterCriteria';
const CHECKED_APART: readonly CheckedApart[] = ['handler', 'filterCriteria'];

const CHECKS: Checks & Readonly<Record<Exclude<keyof ReplayOptions, CheckedApart>, Check>> = {
  documents: { expected: 'an array of documents', accepts: Array.isArray },
  queueUrl: URL_TEXT,
  s3Uri: { expected: 'a URI such as s3://bucket/prefix', accepts: isS3Uri },
  deleteObjects: BOOLEAN,
  dryRun: BOOLEAN,
  client: CLIENT,
  endpoint: URL_TEXT,
  region: TEXT,
  credentials: CREDENTIALS,
  sqsClient: CLIENT,
  queueEndpoint: URL_TEXT,
  s3Client: CLIENT,
  s3Endpoint: URL_TEXT,
  newestOnly: BOOLEAN,
  tableClient: CLIENT,
  tableEndpoint: URL_TEXT,
  batchSize: wholeNumberFrom(1, 10_000),
  allowCountMismatch: BOOLEAN,
  partialResponses: BOOLEAN,
  functionName: TEXT,
  timeoutSeconds: numberFrom(0.001, 5400),
  visibilityTimeoutSeconds: numberFrom(3, 43_200),
  signal: SIGNAL,
  onProgress: FUNCTION,
  onProblem: FUNCTION,
};

/** The names of {@link ReplayOptions}. */
export const REPLAY_OPTION_NAMES: readonly string[] = [...Object.keys(CHECKS), ...CHECKED_APART];

/**
 * Checks the options of a replay.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION`, `INVALID_PATTERN` or `INVALID_HANDLER`
 */
export function replaySettings(options: ReplayOptions): ReplaySettings {
  checkOptions(OWNER, options, CHECKS, { others: CHECKED_APART });
  const { documents, queueUrl, s3Uri, handler, dryRun = false, batchSize = 100 } = options;
  const sources = [documents, queueUrl, s3Uri].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    throw invalidOption(
      OWNER,
      undefined,
      `one of documents, queueUrl and s3Uri is required, got ${sources.length} of them.`,
    );
  }
  if (options.deleteObjects && s3Uri === undefined) {
    throw invalidOption(
      OWNER,
      'deleteObjects',
      'needs s3Uri: only objects of a bucket can be deleted or kept.',
    );
  }
  if (!dryRun) requireHandler(OWNER, handler, { option: 'handler' });
  return {
    handler: dryRun ? undefined : handler,
    batchSize,
    filter: recordFilter(OWNER, options.filterCriteria),
    newestOnly: options.newestOnly ?? false,
    allowCountMismatch: options.allowCountMismatch ?? false,
    partialResponses: options.partialResponses ?? true,
    functionName: options.functionName,
    timeoutMs: (options.timeoutSeconds ?? 60) * 1000,
    visibilityTimeoutSeconds: Math.ceil(options.visibilityTimeoutSeconds ?? 120),
    signal: options.signal ?? new AbortController().signal,
    // Their errors must not end the replay: handled messages would not be deleted.
    onProgress: (progress) => ignoreErrors(() => options.onProgress?.(progress)),
    onProblem: (operation, error) => ignoreErrors(() => options.onProblem?.(operation, error)),
  };
}
