import type { DynamoDBStreamsClient, DynamoDBStreamsClientConfig } from '@aws-sdk/client-dynamodb-streams';
import type { SdkClient } from '../aws-clients/sdk-client.ts';
import type { LambdaHandler } from '../delivery/lambda-handler.ts';
import { exponentialDelay, type RetryDelay } from '../delivery/retry-delay.ts';
import { type Logger, loggerOf } from '../logger.ts';
import { mappingOptions } from '../mapping/aws-names.ts';
import {
  type EventSourceMappingOptions,
  MAPPING_OPTION_NAMES,
  type MappingSettings,
  mappingSettings,
} from '../mapping/options.ts';
import {
  type Checks,
  CLIENT,
  CREDENTIALS,
  FUNCTION,
  isMembers,
  LOGGER_OR_FALSE,
  numberFrom,
  TEXT,
  URL_TEXT,
} from '../options/check.ts';
import { checkOptions, rejectUnknownOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import type { DestinationClients } from './destinations/destination.ts';
import { requireHandlerOption } from './handler/resolve-handler.ts';
import { safeLogger } from './safe-logger.ts';

/** Where the stream is: one of the two. */
export interface StreamLocation {
  /** ARN of the stream. */
  readonly streamArn?: string;
  /** Name of a table, whose newest stream is read. */
  readonly tableName?: string;
}

/** How AWS, or an emulator, is reached. Missing settings come from the environment, as in the SDK. */
export interface ConnectionOptions {
  /** A client for DynamoDB Streams of your own, in place of `endpoint`, `region` and `credentials`. */
  readonly client?: DynamoDBStreamsClient;
  /** URL of a server that speaks DynamoDB Streams. */
  readonly endpoint?: string;
  /** The AWS region. */
  readonly region?: string;
  /** AWS credentials, or a function that gives them. */
  readonly credentials?: NonNullable<DynamoDBStreamsClientConfig['credentials']>;
  /** URL of the server with the on-failure destination. */
  readonly destinationEndpoint?: string;
  /** Clients of your own for the on-failure destination. */
  readonly destinationClients?: DestinationClients;
  /** A `LambdaClient` of your own for a deployed function. */
  readonly lambdaClient?: SdkClient;
}

/** The function, and the settings of its configuration. */
export interface FunctionOptions {
  /**
   * The handler to invoke: a function, a module such as `src/handler.ts#handler` (relative to the working directory;
   * without a name its export `handler`), or the name or ARN of a deployed function.
   */
  readonly handler: LambdaHandler | string;
  /**
   * `context.functionName`, for a function or a module.
   *
   * @defaultValue `'local'`
   */
  readonly functionName?: string;
  /**
   * Seconds after which an invocation has failed, above 0 and at most 5,400 (on AWS at most 900, and 5,400 on Lambda
   * Managed Instances). A function in this process goes on
   * running: nothing can stop it. A deployed one has its own timeout.
   *
   * @defaultValue 3, as on Lambda
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   */
  readonly timeoutSeconds?: number;
  /**
   * `context.memoryLimitInMB`; nothing limits the memory.
   *
   * @defaultValue 128
   */
  readonly memoryLimitInMB?: number;
}

/** Options of `startEventSourceMapping`: AWS's own in camelCase, and those of a mapping on your machine. */
export interface LocalMappingOptions
  extends EventSourceMappingOptions,
    StreamLocation,
    ConnectionOptions,
    FunctionOptions {
  /**
   * A file for the positions: written before the event about a checkpoint, read at the start. Without it a mapping
   * begins at `startingPosition` each time it is started.
   */
  readonly checkpointFile?: string;
  /**
   * Milliseconds before a failed batch is tried again. **AWS documents neither the delay nor its growth**: code
   * must not depend on it.
   *
   * @defaultValue {@link exponentialDelay}: half a second, doubled each time, a minute at most
   */
  readonly retryDelayMs?: RetryDelay;
  /**
   * Seconds from the end of a tumbling window until it closes, when no later record has closed it, 0 to 900.
   * **AWS does not say when an idle window closes**: code must not depend on it.
   *
   * @defaultValue 5
   */
  readonly closeIdleWindowAfterSeconds?: number;
  /**
   * Milliseconds between two polls of a shard that had nothing new, 1 to 60,000.
   *
   * @defaultValue 250: four times a second, as Lambda does
   */
  readonly pollIntervalMs?: number;
  /**
   * Milliseconds between two looks for new shards, 10 to 3,600,000; one is due anyway when a shard is finished.
   * AWS does not say how often it looks.
   *
   * @defaultValue 10000
   */
  readonly discoveryIntervalMs?: number;
  /**
   * Gets the errors and warnings: anything with debug, info, warn and error.
   *
   * @defaultValue `console`
   */
  readonly logger?: Logger | false;
}

/** {@link LocalMappingOptions}, checked and with defaults. */
export interface LocalSettings {
  readonly mapping: MappingSettings;
  readonly timeoutMs: number;
  readonly memoryLimitInMB: number;
  readonly functionName: string;
  readonly retryDelayMs: RetryDelay;
  readonly closeIdleWindowAfterSeconds: number;
  readonly pollIntervalMs: number;
  readonly discoveryIntervalMs: number;
  readonly logger: Logger;
}

export const OWNER = 'startEventSourceMapping';

const CHECKS: Checks = {
  streamArn: {
    expected: 'the ARN of a DynamoDB stream',
    accepts: (value) =>
      typeof value === 'string' && /^arn:[^:]+:dynamodb:[^:]+:\d*:table\/[^/]+\/stream\//.test(value),
  },
  tableName: TEXT,
  client: CLIENT,
  endpoint: URL_TEXT,
  region: TEXT,
  credentials: CREDENTIALS,
  destinationEndpoint: URL_TEXT,
  destinationClients: {
    expected: 'an object with clients named sqs, sns or s3',
    accepts: (value) =>
      isMembers(value) &&
      Object.entries(value).every(
        ([name, client]) =>
          ['sqs', 'sns', 's3'].includes(name) && (client === undefined || CLIENT.accepts(client)),
      ),
  },
  lambdaClient: CLIENT,
  functionName: {
    expected: 'text of letters, digits, - and _',
    accepts: (value) => typeof value === 'string' && /^[\w-]+$/.test(value),
  },
  timeoutSeconds: numberFrom(0.001, 5_400),
  memoryLimitInMB: numberFrom(128, 10_240),
  checkpointFile: TEXT,
  retryDelayMs: { ...FUNCTION, expected: 'a function of the attempt' },
  closeIdleWindowAfterSeconds: numberFrom(0, 900),
  pollIntervalMs: numberFrom(1, 60_000),
  discoveryIntervalMs: numberFrom(10, 3_600_000),
  logger: LOGGER_OR_FALSE,
};

/**
 * Checks options once: AWS's own as AWS does, in camelCase or as AWS's JSON.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION`, `INVALID_PATTERN` or `INVALID_HANDLER`
 */
export function localSettings(given: LocalMappingOptions): LocalSettings {
  const options = mappingOptions(OWNER, given) as unknown as LocalMappingOptions;
  rejectUnknownOptions(OWNER, options, ['handler', ...Object.keys(CHECKS), ...MAPPING_OPTION_NAMES]);
  const ofAws = Object.entries(options).filter(([name]) => MAPPING_OPTION_NAMES.includes(name));
  const mapping = mappingSettings(
    Object.fromEntries(ofAws) as unknown as EventSourceMappingOptions,
    OWNER,
    options.streamArn,
  );
  const { streamArn, tableName, handler, timeoutSeconds = 3 } = options;
  if ((streamArn === undefined) === (tableName === undefined)) {
    throw invalidOption(OWNER, undefined, 'streamArn or tableName is required, to find the stream.');
  }
  checkOptions(OWNER, options, CHECKS, { others: ['handler', ...MAPPING_OPTION_NAMES] });
  requireHandlerOption(handler);
  return {
    mapping,
    timeoutMs: timeoutSeconds * 1000,
    memoryLimitInMB: options.memoryLimitInMB ?? 128,
    functionName: options.functionName ?? 'local',
    retryDelayMs: options.retryDelayMs ?? exponentialDelay(),
    closeIdleWindowAfterSeconds: options.closeIdleWindowAfterSeconds ?? 5,
    pollIntervalMs: options.pollIntervalMs ?? 250,
    discoveryIntervalMs: options.discoveryIntervalMs ?? 10_000,
    logger: safeLogger(loggerOf(options.logger)),
  };
}
