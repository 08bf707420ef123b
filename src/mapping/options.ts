import { ConfigurationError } from '../errors.ts';
import { kindOf, rejectUnknownOptions } from '../options.ts';
import { type FilterCriteria, type RecordFilter, recordFilter } from './filter-criteria.ts';
import { type OnFailureDestination, onFailureDestination } from './on-failure-destination.ts';

/** Where in the stream a mapping starts. A DynamoDB stream has no AT_TIMESTAMP. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/** What the response of the function means beyond success and failure. */
export type FunctionResponseType = 'ReportBatchItemFailures';

/** Where the mapping tells of records that it gives up. */
export interface DestinationConfig {
  readonly onFailure?: {
    /** ARN of a standard SQS queue, a standard SNS topic or an S3 bucket. */
    readonly destination: string;
  };
}

/**
 * An event source mapping between a DynamoDB stream and a function, with AWS's parameters in camelCase.
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
   * Seconds after which a record is given up, 60 to 604,800; -1: never, up to the stream's own 24 hours.
   *
   * @defaultValue -1
   */
  readonly maximumRecordAgeInSeconds?: number;
  /**
   * Whether a failed batch is halved and the halves tried by themselves.
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
  /** Where records that are given up are told of. Nowhere, unless given. */
  readonly destinationConfig?: DestinationConfig;
  /** Which records the function gets: those that match at least one filter. All, unless given. */
  readonly filterCriteria?: FilterCriteria;
  /**
   * Whether the mapping reads. While disabled it keeps its position.
   *
   * @defaultValue true
   */
  readonly enabled?: boolean;
}

/** {@link EventSourceMappingOptions}, checked and with AWS's defaults. */
export interface MappingSettings
  extends Required<Omit<EventSourceMappingOptions, 'destinationConfig' | 'filterCriteria'>> {
  /** Undefined without one. */
  readonly onFailure: OnFailureDestination | undefined;
  /** Undefined without filters: every record passes. */
  readonly filter: RecordFilter | undefined;
}

interface Check {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

/** Range and wording of each parameter. AWS's own messages stand where they are known. */
const CHECKS: Readonly<Record<string, Check>> = {
  startingPosition: oneOf(['TRIM_HORIZON', 'LATEST']),
  batchSize: wholeNumber(1, 10_000),
  maximumBatchingWindowInSeconds: wholeNumber(0, 300),
  parallelizationFactor: wholeNumber(1, 10),
  maximumRetryAttempts: wholeNumber(-1, 10_000),
  maximumRecordAgeInSeconds: {
    expected: 'a whole number, -1 or from 60 to 604800',
    accepts: (value) => value === -1 || wholeNumber(60, 604_800).accepts(value),
  },
  bisectBatchOnFunctionError: boolean(),
  functionResponseTypes: {
    expected: "[] or ['ReportBatchItemFailures']",
    accepts: (value) =>
      Array.isArray(value) &&
      value.length <= 1 &&
      value.every((type: unknown) => type === 'ReportBatchItemFailures'),
  },
  tumblingWindowInSeconds: wholeNumber(0, 900),
  enabled: boolean(),
};

/** The names of {@link EventSourceMappingOptions}, for owners that have options of their own beside them. */
export const MAPPING_OPTION_NAMES: readonly string[] = [
  ...Object.keys(CHECKS),
  'destinationConfig',
  'filterCriteria',
];

/**
 * Checks a mapping as AWS does when it is created, and fills in AWS's defaults.
 *
 * @param owner what was called, for the messages
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `INVALID_PATTERN`
 * @example
 * ```ts
 * const { batchSize } = mappingSettings({ startingPosition: 'LATEST' }); // 100
 * ```
 */
export function mappingSettings(
  options: EventSourceMappingOptions,
  owner = 'eventSourceMapping',
): MappingSettings {
  rejectUnknownOptions(owner, options, MAPPING_OPTION_NAMES);
  const given = options as unknown as Readonly<Record<string, unknown>>;
  refuseUnsupportedPosition(owner, given.startingPosition);
  for (const [name, check] of Object.entries(CHECKS)) {
    const value = given[name];
    if ((value !== undefined || name === 'startingPosition') && !check.accepts(value)) {
      refuse(
        owner,
        name === 'maximumRecordAgeInSeconds' && Number.isInteger(value)
          ? // AWS's own words.
            'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive).'
          : `${name} has to be ${check.expected}, got ${kindOf(value)}.`,
      );
    }
  }
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

/** What a tumbling window excludes, as AWS refuses it. */
function checkWindow(owner: string, settings: MappingSettings): void {
  if (settings.tumblingWindowInSeconds === 0) return;
  if (settings.parallelizationFactor > 1) {
    refuse(owner, 'Parallelization factor must be equal to 1 when tumbling window period is configured.');
  }
  if (settings.filter !== undefined) {
    refuse(
      owner,
      'filterCriteria cannot be used when a tumbling window is configured. Leave records out in reduce instead.',
    );
  }
}

function refuseUnsupportedPosition(owner: string, position: unknown): void {
  if (position !== 'AT_TIMESTAMP') return;
  refuse(
    owner,
    'Unsupported starting position for arn type: dynamodb. startingPosition has to be TRIM_HORIZON or LATEST.',
  );
}

function refuse(owner: string, message: string): never {
  throw new ConfigurationError('INVALID_OPTION', `${owner}: ${message}`);
}

function wholeNumber(least: number, most: number): Check {
  return {
    expected: `a whole number from ${least} to ${most}`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  };
}

function boolean(): Check {
  return { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };
}

function oneOf(values: readonly string[]): Check {
  return { expected: `one of ${values.join(', ')}`, accepts: (value) => values.includes(value as string) };
}
