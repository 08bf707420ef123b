import { MAX_TIMEOUT_MS } from '../batch/deadline.ts';
import { exponentialDelay, type RetryDelay } from '../delivery/retry-delay.ts';
import { ConfigurationError } from '../errors.ts';
import { mappingOptions } from '../mapping/aws-names.ts';
import { type EventSourceMappingOptions, type MappingSettings, mappingSettings } from '../mapping/options.ts';
import { kindOf } from '../options/unknown-options.ts';
import { checkEnvironment, type Environment } from './environment.ts';
import { requireMilliseconds } from './milliseconds.ts';

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
   * The function's timeout in virtual milliseconds, 1 to 5,400,000 (900,000 is the most outside of Lambda Managed
   * Instances): what `context.getRemainingTimeInMillis()` begins with.
   *
   * @defaultValue 30000
   */
  readonly timeoutMs?: number;
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
}

// An event source mapping on Lambda Managed Instances. Anywhere else a function has 15 minutes.
const MAX_FUNCTION_TIMEOUT_MS = 5_400_000;

/** @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION` or `INVALID_PATTERN` */
export function deliverSettings(given: DeliverOptions): DeliverSettings {
  const options = mappingOptions('deliver', given) as DeliverOptions;
  const {
    startingPosition = 'TRIM_HORIZON',
    startedAt,
    retryDelayMs = exponentialDelay(),
    timeoutMs = 30_000,
    settleWithinMs = 2000,
    functionArn,
    environment = {},
    ...mapping
  } = options;
  check(
    'startedAt',
    startedAt,
    'a valid Date',
    (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  );
  check('retryDelayMs', retryDelayMs, 'a function', (value) => typeof value === 'function');
  checkEnvironment(environment);
  check('functionArn', functionArn, 'the ARN of a function', isText);
  check('timeoutMs', timeoutMs, 'milliseconds from 1 to 5400000', atMost(MAX_FUNCTION_TIMEOUT_MS));
  check('settleWithinMs', settleWithinMs, `milliseconds from 1 to ${MAX_TIMEOUT_MS}`, atMost(MAX_TIMEOUT_MS));
  const settings = mappingSettings({ startingPosition, ...mapping }, 'deliver');
  return {
    mapping: settings,
    startedAt,
    retryDelayMs: passing(retryDelayMs, settings.maximumRetryAttempts < 0 ? 1 : 0),
    timeoutMs,
    settleWithinMs,
    functionArn,
    environment,
  };
}

function check(name: string, value: unknown, expected: string, accepts: (value: unknown) => boolean): void {
  if (value === undefined || (value !== null && accepts(value))) return;
  throw new ConfigurationError(
    'INVALID_OPTION',
    `deliver: ${name} has to be ${expected}, got ${kindOf(value)}.`,
  );
}

/** Delays that are checked when they are asked for, and let so much time pass at least. */
function passing(retryDelayMs: RetryDelay, leastMs: number): RetryDelay {
  return (attempt) => {
    const delayMs = retryDelayMs(attempt);
    requireMilliseconds(`deliver: what retryDelayMs returns for attempt ${attempt}`, delayMs, 0);
    return Math.max(leastMs, delayMs);
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function atMost(most: number): (value: unknown) => boolean {
  return (value) => typeof value === 'number' && value >= 1 && value <= most;
}
