import { BOOLEAN, type Check, type Checks, isMembers, wholeNumberFrom } from '../options/check.ts';
import { checkOptions, rejectUnknownOptions, requireOption } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { inCamelCase, mappingOptions } from './aws-names.ts';
import { type FilterCriteria, type RecordFilter, recordFilter } from './filter-criteria.ts';
import { type OnFailureDestination, onFailureDestination } from './on-failure-destination.ts';

/** Where in the stream a mapping starts. A DynamoDB stream has no AT_TIMESTAMP. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/** The format of the function's response, besides success and failure. */
export type FunctionResponseType = 'ReportBatchItemFailures';

/** Where the mapping tells of records that it gives up. */
export interface DestinationConfig {
  /** The destination for the details of discarded records. */
  readonly onFailure?: {
    /** ARN of a standard SQS queue, a standard SNS topic or an S3 bucket. Empty or absent: no destination. */
    readonly destination?: string;
  };
}

/**
 * An event source mapping between a DynamoDB stream and a function, with AWS's parameters in camelCase. At run time,
 * AWS's own JSON is accepted as well: `BatchSize`, `FilterCriteria: { Filters: [{ Pattern }] }`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export interface EventSourceMappingOptions {
  /** Where reading starts: at the oldest record, or behind the newest. Required, as on AWS. */
  readonly startingPosition: StartingPosition;
  /**
   * Records per invocation at most, 1 to 10,000. A batch also closes at 6 MB of event.
   *
   * @defaultValue 100
   */
  readonly batchSize?: number;
  /**
   * Seconds to wait for a batch to fill, 0 to 300. 0: a batch is at most one page of the stream.
   *
   * @defaultValue 0
   */
  readonly maximumBatchingWindowInSeconds?: number;
  /**
   * Batches of one shard in flight at once, 1 to 10, with order kept per item: partition and sort key.
   *
   * @defaultValue 1
   */
  readonly parallelizationFactor?: number;
  /**
   * How often a failed batch is tried again, 0 to 10,000; -1: until its records expire.
   *
   * @defaultValue -1
   */
  readonly maximumRetryAttempts?: number;
  /**
   * Seconds after which a record is discarded, 60 to 604,800; -1: never, up to the stream's own 24 hours.
   *
   * @defaultValue -1
   */
  readonly maximumRecordAgeInSeconds?: number;
  /**
   * Splits a failed batch into two halves and retries each half separately.
   *
   * @defaultValue false
   */
  readonly bisectBatchOnFunctionError?: boolean;
  /**
   * `['ReportBatchItemFailures']`: the response says where to go on. What a router needs.
   *
   * @defaultValue `[]`: any response is success
   */
  readonly functionResponseTypes?: readonly FunctionResponseType[];
  /**
   * Seconds of a tumbling window, 0 to 900; 0: none. Excludes `parallelizationFactor` and `filterCriteria`.
   *
   * @defaultValue 0
   */
  readonly tumblingWindowInSeconds?: number;
  /** Where Lambda sends details of discarded records. @defaultValue nowhere */
  readonly destinationConfig?: DestinationConfig;
  /** Which records the function gets: those that match at least one filter. All, unless given. */
  readonly filterCriteria?: FilterCriteria;
  /**
   * Reads the stream. A disabled mapping keeps its position.
   *
   * @defaultValue true
   */
  readonly enabled?: boolean;
  /** ARN of the KMS key that encrypts the filters on AWS. Only a deployed mapping reads it. */
  readonly kmsKeyArn?: string;
  /** Tags of the mapping on AWS. Only a deployed mapping reads them. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The metrics that AWS publishes of the mapping. Only a deployed mapping reads it. */
  readonly metricsConfig?: MetricsConfig;
}

/** The metrics of a mapping. */
export interface MetricsConfig {
  /** `EventCount` is the only one for a DynamoDB stream. */
  readonly metrics?: readonly 'EventCount'[];
}

/** {@link EventSourceMappingOptions}, checked and with AWS's defaults. */
export interface MappingSettings
  extends Required<
    Omit<
      EventSourceMappingOptions,
      'destinationConfig' | 'filterCriteria' | 'kmsKeyArn' | 'tags' | 'metricsConfig'
    >
  > {
  /** Undefined without one. */
  readonly onFailure: OnFailureDestination | undefined;
  /** Undefined without filters: every record passes. */
  readonly filter: RecordFilter | undefined;
}

const RECORD_AGE = wholeNumberFrom(60, 604_800);

/** Range of each parameter, in our words. */
const CHECKS: Checks = {
  batchSize: wholeNumberFrom(1, 10_000),
  maximumBatchingWindowInSeconds: wholeNumberFrom(0, 300),
  parallelizationFactor: wholeNumberFrom(1, 10),
  maximumRetryAttempts: wholeNumberFrom(-1, 10_000),
  maximumRecordAgeInSeconds: {
    expected: 'a whole number, -1 or from 60 to 604800',
    accepts: (value) => value === -1 || RECORD_AGE.accepts(value),
  },
  bisectBatchOnFunctionError: BOOLEAN,
  functionResponseTypes: {
    expected: "[] or ['ReportBatchItemFailures']",
    accepts: (value) =>
      Array.isArray(value) &&
      value.length <= 1 &&
      value.every((type: unknown) => type === 'ReportBatchItemFailures'),
  },
  tumblingWindowInSeconds: wholeNumberFrom(0, 900),
  enabled: BOOLEAN,
  kmsKeyArn: {
    expected: 'the ARN of a KMS key',
    accepts: (value) => typeof value === 'string' && /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/./.test(value),
  },
  tags: {
    expected: 'an object of text',
    accepts: (value) => isMembers(value) && Object.values(value).every((text) => typeof text === 'string'),
  },
};

const CHECKED_APART = ['startingPosition', 'destinationConfig', 'filterCriteria', 'metricsConfig'];

/** The names of {@link EventSourceMappingOptions}, for owners that have options of their own beside them. */
export const MAPPING_OPTION_NAMES: readonly string[] = [...Object.keys(CHECKS), ...CHECKED_APART];

/**
 * Checks a mapping as AWS does when it is created, and fills in AWS's defaults. A message has AWS's own words where AWS's
 * message is known.
 *
 * @param given in camelCase or as AWS's own JSON
 * @param owner the function that was called, for the messages
 * @param streamArn for AWS's message, where it is known
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `INVALID_PATTERN`
 * @example
 * ```ts
 * const { batchSize } = mappingSettings({ startingPosition: 'LATEST' }); // 100
 * ```
 */
export function mappingSettings(
  mapping: EventSourceMappingOptions,
  owner = 'eventSourceMapping',
  streamArn?: string,
): MappingSettings {
  const given = mappingOptions(owner, mapping);
  rejectUnknownOptions(owner, given, MAPPING_OPTION_NAMES);
  const options = given as unknown as EventSourceMappingOptions;
  checkPosition(owner, given.startingPosition, streamArn);
  checkMetrics(owner, given.metricsConfig);
  checkRecordAge(owner, given.maximumRecordAgeInSeconds);
  checkOptions(owner, given, CHECKS, { others: CHECKED_APART });
  const settings: MappingSettings = {
    startingPosition: options.startingPosition,
    batchSize: options.batchSize ?? 100,
    maximumBatchingWindowInSeconds: options.maximumBatchingWindowInSeconds ?? 0,
    parallelizationFactor: options.parallelizationFactor ?? 1,
    maximumRetryAttempts: options.maximumRetryAttempts ?? -1,
    maximumRecordAgeInSeconds: options.maximumRecordAgeInSeconds ?? -1,
    bisectBatchOnFunctionError: options.bisectBatchOnFunctionError ?? false,
    functionResponseTypes: Object.freeze([...(options.functionResponseTypes ?? [])]),
    tumblingWindowInSeconds: options.tumblingWindowInSeconds ?? 0,
    onFailure: onFailureDestination(owner, options.destinationConfig),
    filter: recordFilter(owner, options.filterCriteria),
    enabled: options.enabled ?? true,
  };
  checkWindow(owner, settings);
  return Object.freeze(settings);
}

/** Refuses the options that AWS refuses together with a tumbling window. */
function checkWindow(owner: string, settings: MappingSettings): void {
  if (settings.tumblingWindowInSeconds === 0) return;
  if (settings.parallelizationFactor > 1) {
    throw invalidOption(
      owner,
      'parallelizationFactor',
      'is refused: Parallelization factor must be equal to 1 when tumbling window period is configured.',
    );
  }
  if (settings.filter !== undefined) {
    throw invalidOption(
      owner,
      'filterCriteria',
      'cannot be used when a tumbling window is configured. Leave records out in reduce instead.',
    );
  }
}

/** In AWS's own words for a whole number. */
function checkRecordAge(owner: string, seconds: unknown): void {
  if (!Number.isInteger(seconds) || seconds === -1 || RECORD_AGE.accepts(seconds)) return;
  throw invalidOption(
    owner,
    'maximumRecordAgeInSeconds',
    'is refused: MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive).',
  );
}

const POSITIONS = 'Use TRIM_HORIZON or LATEST.';
const POSITION: Check = {
  expected: 'TRIM_HORIZON or LATEST',
  accepts: (value) => value === 'TRIM_HORIZON' || value === 'LATEST',
};

/** In AWS's own words for text and for nothing. */
function checkPosition(owner: string, position: unknown, streamArn: string | undefined): void {
  if (POSITION.accepts(position)) return;
  const refusal = (problem: string): Error => invalidOption(owner, 'startingPosition', problem);
  if (position === 'AT_TIMESTAMP') {
    throw refusal(
      streamArn === undefined
        ? `AT_TIMESTAMP is not supported by DynamoDB streams. ${POSITIONS}`
        : `is refused: Unsupported starting position for arn type: ${streamArn}. ${POSITIONS}`,
    );
  }
  const failed = "at 'startingPosition' failed to satisfy constraint:";
  if (position === undefined || position === null) {
    throw refusal(
      `is refused: 1 validation error detected: Value null ${failed} Member must not be null. ${POSITIONS}`,
    );
  }
  if (typeof position !== 'string') requireOption(owner, 'startingPosition', position, POSITION);
  throw refusal(
    `is refused: 1 validation error detected: Value '${position}' ${failed} ` +
      `Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]. ${POSITIONS}`,
  );
}

const METRICS: Check = {
  expected: "[] or ['EventCount'], the only metric of a DynamoDB stream",
  accepts: (value) => Array.isArray(value) && value.every((metric) => metric === 'EventCount'),
};

function checkMetrics(owner: string, config: unknown): void {
  if (config === undefined) return;
  const given = inCamelCase(owner, config, 'metricsConfig');
  rejectUnknownOptions(owner, given, ['metrics'], 'metricsConfig');
  const { metrics = [] } = given;
  requireOption(owner, 'metricsConfig.metrics', metrics, METRICS);
}
