import { MAX_TIMEOUT_MS } from '../batch/deadline.ts';
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
  FUNCTION,
  LOGGER_OR_FALSE,
  millisecondsFrom,
  numberFrom,
  TEXT,
} from '../options/check.ts';
import { checkOptions, requireOption } from '../options/check-options.ts';
import { isEnvironment } from './environment.ts';
import { MILLISECONDS } from './milliseconds.ts';

/** Environment variables by name; `undefined` takes one away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The mapping that delivers, and its surroundings. */
export interface DeliverOptions extends Partial<EventSourceMappingOptions> {
  /**
   * The records are those that the mapping reads, so both positions deliver all of them: with `LATEST` they were
   * written after the mapping was created.
   *
   * @defaultValue `'TRIM_HORIZON'`
   */
  readonly startingPosition?: EventSourceMappingOptions['startingPosition'];
  /**
   * Virtual time at which the mapping starts to read.
   *
   * @defaultValue when the newest record was created: nothing has waited
   */
  readonly startedAt?: Date;
  /**
   * Virtual milliseconds between attempts, from 0 on. AWS does not document its delays.
   *
   * With `maximumRetryAttempts: -1` a delay is at least 1 ms: retries end when the record is too old, and it would
   * not grow older.
   *
   * @defaultValue half a second, doubled with each attempt, a minute at most
   */
  readonly retryDelayMs?: RetryDelay;
  /**
   * The function's timeout in virtual seconds, 0.001 to 5400; more than 900 only on Lambda Managed Instances.
   * `context.getRemainingTimeInMillis()` begins with it.
   *
   * @defaultValue 30
   */
  readonly timeoutSeconds?: number;
  /**
   * Real milliseconds after which a handler that has not settled is treated as one that runs into its timeout.
   *
   * @defaultValue 2000
   */
  readonly settleWithinMs?: number;
  /** @defaultValue a function named `test-function` in the stream's account and region */
  readonly functionArn?: string;
  /**
   * Environment variables of the function, as those that `env('NAME')` reads: set in `process.env` before the first
   * invocation, and taken back after the last. `undefined` takes a variable away.
   *
   * @defaultValue those of the test
   */
  readonly environment?: Environment;
  /**
   * Gets what routers without a logger of their own would write to the console. `false` writes nothing.
   *
   * @defaultValue `false`: the failures are in what `deliver` returns
   */
  readonly logger?: Logger | false;
}

/** Options, checked and with their defaults. */
export interface DeliverSettings {
  readonly mapping: MappingSettings;
  readonly startedAt: Date | undefined;
  readonly retryDelayMs: RetryDelay;
  readonly timeoutMs: number;
  readonly settleWithinMs: number;
  readonly functionArn: string | undefined;
  readonly environment: Environment;
  readonly logger: Logger;
}

// An event source mapping on Lambda Managed Instances. Anywhere else a function has 15 minutes.
const MAX_FUNCTION_TIMEOUT_SECONDS = 5400;

const OWNER = 'deliver';

const CHECKS: Checks = {
  startedAt: {
    expected: 'a valid Date',
    accepts: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  },
  retryDelayMs: FUNCTION,
  environment: {
    expected: "an object of text by name, as in { TOPIC_ARN: 'arn:...' }",
    accepts: isEnvironment,
  },
  logger: LOGGER_OR_FALSE,
  functionArn: { ...TEXT, expected: 'the ARN of a function' },
  timeoutSeconds: numberFrom(0.001, MAX_FUNCTION_TIMEOUT_SECONDS),
  settleWithinMs: millisecondsFrom(1, MAX_TIMEOUT_MS),
};

/** @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `INVALID_PATTERN` */
export function deliverSettings(given: DeliverOptions): DeliverSettings {
  const options = mappingOptions(OWNER, given) as DeliverOptions;
  const {
    startingPosition = 'TRIM_HORIZON',
    startedAt,
    retryDelayMs = exponentialDelay(),
    timeoutSeconds = 30,
    settleWithinMs = 2000,
    functionArn,
    environment = {},
    logger = false,
    ...mapping
  } = options;
  checkOptions(OWNER, options, CHECKS, { others: MAPPING_OPTION_NAMES });
  const settings = mappingSettings({ startingPosition, ...mapping }, OWNER);
  return {
    mapping: settings,
    startedAt,
    retryDelayMs: passing(retryDelayMs, settings.maximumRetryAttempts < 0 ? 1 : 0),
    timeoutMs: timeoutSeconds * 1000,
    settleWithinMs,
    functionArn,
    environment,
    logger: loggerOf(logger),
  };
}

/** Delays that are checked when they are asked for, and let so much time pass at least. */
function passing(retryDelayMs: RetryDelay, minMs: number): RetryDelay {
  return (attempt) => {
    const delayMs = retryDelayMs(attempt);
    requireOption(OWNER, `retryDelayMs(${attempt})`, delayMs, MILLISECONDS);
    return Math.max(minMs, delayMs);
  };
}
