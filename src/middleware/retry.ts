// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import type { RecordContext } from '../batch/record-context.ts';
import { logFieldsOf } from '../batch/require-time.ts';
import { answerOf } from '../conditions/condition.ts';
import { isPermanent, markExhausted } from '../failure/failure.ts';
import {
  BOOLEAN,
  type Checks,
  FUNCTION,
  millisecondsFrom,
  numberFrom,
  wholeNumberFrom,
} from '../options/check.ts';
import { checkOptions } from '../options/check-options.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { pause } from '../promise/pause.ts';
import { isThenable } from '../promise/thenable.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { needsRouted } from '../router/needed-records.ts';
import type { Next, RecordMiddleware } from '../router/record-middleware.ts';

/** How long to wait before each further attempt: `minMs` times `factor` to the power of those before it. */
export interface RetryBackoff {
  /**
   * Milliseconds before the second attempt, from 0.
   *
   * @defaultValue 100
   */
  readonly minMs?: number;
  /**
   * Milliseconds before any attempt at most, from 0.
   *
   * @defaultValue 5000
   */
  readonly maxMs?: number;
  /**
   * How much longer each wait is than the one before, from 1 to 10.
   *
   * @defaultValue 2
   */
  readonly factor?: number;
  /**
   * Stretches each wait by a random factor, up to twice as long, so that records which failed together are not retried
   * together.
   *
   * @defaultValue true
   */
  readonly jitter?: boolean;
}

/** How {@link retry} repeats. */
export interface RetryOptions {
  /**
   * Attempts in all, the first included: 1 to 1,000.
   *
   * @defaultValue 3
   */
  readonly attempts?: number;
  /** How long to wait between attempts. */
  readonly backoff?: RetryBackoff;
  /**
   * Returns true, synchronously, if an error is retried. It is called for errors that are not permanent: those with
   * `retryable: false` are never retried. If it throws, the error is not retried. A promise fails the record with a
   * ConfigurationError `ASYNC_CONDITION`.
   *
   * @defaultValue every error is retried
   */
  readonly retryable?: (error: unknown, record: RecordBase<EventName, object>) => boolean;
}

const OWNER = 'retry';

const CHECKS: Checks = { attempts: wholeNumberFrom(1, 1000), retryable: FUNCTION };

const MILLISECONDS = millisecondsFrom(0, 900_000);

const BACKOFF_CHECKS: Checks = {
  minMs: MILLISECONDS,
  maxMs: MILLISECONDS,
  factor: numberFrom(1, 10),
  jitter: BOOLEAN,
};

/** Options, checked and with their defaults. */
interface RetrySettings extends Required<RetryBackoff> {
  readonly attempts: number;
  readonly retryable: NonNullable<RetryOptions['retryable']>;
}

/**
 * Record middleware that runs the inner middleware and routes again when they fail, within the invocation.
 *
 * - The record's lane waits meanwhile, so order holds; other lanes go on.
 * - An error with `retryable: false`, as all of streamlane's about a record have, is not tried again.
 * - At the deadline it ends: no attempt starts, no wait goes on. Nor does it wait for longer than the invocation has.
 * - The error of the last attempt comes out, unchanged.
 *
 * Every route that matches the record runs again, also one that had succeeded.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * export const handler = streamRouter<Invoice>()
 *   .use(retry({ attempts: 4, backoff: { minMs: 200 } }))
 *   .onInsert(({ newImage }) => announce(newImage));
 * ```
 */
export function retry(options: RetryOptions = {}): RecordMiddleware<RecordBase<EventName, object>> {
  const settings = retrySettings(options);
  return needsRouted((record, context, next) => {
    // Handlers that succeed at once, as most do, never get near a promise.
    let first: void | Promise<void>;
    try {
      first = next();
    } catch (thrown) {
      return attemptAgain(settings, record, context, next, thrown);
    }
    if (!isThenable(first)) return undefined;
    return first.then(undefined, (thrown) => attemptAgain(settings, record, context, next, thrown));
  });
}

function retrySettings(options: RetryOptions): RetrySettings {
  checkOptions(OWNER, options, CHECKS, { others: ['backoff'] });
  const { attempts = 3, backoff = {}, retryable = () => true } = options;
  checkOptions(OWNER, backoff, BACKOFF_CHECKS, { path: 'backoff' });
  const { minMs = 100, maxMs = 5000, factor = 2, jitter = true } = backoff;
  return { attempts, retryable, minMs, maxMs, factor, jitter };
}

/** Goes on after the first attempt has failed. Throws what the last one threw. */
async function attemptAgain(
  settings: RetrySettings,
  record: RecordBase<EventName, object>,
  context: RecordContext,
  next: Next,
  firstThrown: unknown,
): Promise<void> {
  const { signal } = context;
  let last = firstThrown;
  for (let attempts = 1; attempts < settings.attempts && !signal.aborted; attempts++) {
    try {
      if (isPermanent(last) || !asked(settings, last, record, context)) break;
    } catch (thrown) {
      last = thrown;
      break;
    }
    const waitMs = waitAfter(attempts, settings);
    // A wait that cannot end in time would only hold the answer back.
    if (waitMs >= context.getRemainingTimeInMillis()) throw last;
    await pause(waitMs, signal);
    if (signal.aborted) break;
    try {
      await next();
      return;
    } catch (thrown) {
      last = thrown;
    }
  }
  if (!signal.aborted) markExhausted(record, last);
  throw last;
}

/** How long to wait after so many attempts. */
function waitAfter(attempts: number, { minMs, maxMs, factor, jitter }: RetrySettings): number {
  const stretch = jitter ? 1 + Math.random() : 1;
  // At least a turn of the event loop, or a deadline that is due could not abort the signal.
  return Math.max(1, Math.min(stretch * Math.max(1, minMs) * factor ** (attempts - 1), maxMs));
}

/**
 * Asks the user's `retryable`. When that throws, the record's own error is still the one that matters.
 *
 * @throws ConfigurationError `ASYNC_CONDITION`
 */
function asked(
  { retryable }: RetrySettings,
  thrown: unknown,
  record: RecordBase<EventName, object>,
  { logger }: RecordContext,
): boolean {
  let answer: unknown;
  try {
    answer = retryable(thrown, record);
  } catch (error) {
    ignoreErrors(() => logger.error('retryable failed', { ...logFieldsOf(record), error }));
    return false;
  }
  return answerOf(`${OWNER}: retryable`, answer, 'Return true or false, not a promise.', {
    cause: thrown,
  });
}
