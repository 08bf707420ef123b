// @types/aws-lambda imports node:stream without saying so; programs that check library types need this.
/// <reference types="node" preserve="true" />

import { noteDeadLetter } from '../batch/dead-lettered.ts';
import { isOver, type RecordContext } from '../batch/record-context.ts';
import { publishRecordFailed } from '../batch/record-failed.ts';
import { logFieldsOf } from '../batch/require-time.ts';
import { answerOf } from '../conditions/condition.ts';
import { createDeadLetter, sentLetterOf } from '../dead-letter/create-dead-letter.ts';
import { sinkRecordOf } from '../dead-letter/sink-record.ts';
import { DeadLetterError } from '../errors.ts';
import { isExhausted, isPermanent, isSystemic } from '../failure/failure.ts';
import type { Check, Checks } from '../options/check.ts';
import { checkOptions, requireArgument } from '../options/check-options.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { finished } from '../promise/unfinished.ts';
import { knownEntityOf } from '../record/known-entity.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { needsRouted } from '../router/needed-records.ts';
import type { RecordMiddleware } from '../router/record-middleware.ts';
import { traceMembersOf } from '../sinks/message/message-trace.ts';
import type { Sink } from '../sinks/sink.ts';

export type { DeadLetter } from '../dead-letter/dead-letter.ts';
export { parseDeadLetter } from '../dead-letter/parse-dead-letter.ts';
export type { ThrownError } from '../dead-letter/thrown-error.ts';

/** A failed record and its error, for {@link DeadLetterOptions.when}. */
export interface Failure {
  /** The record that failed. */
  readonly record: RecordBase<EventName, object>;
  /**
   * True if the error has `retryable: false` and concerns only this record. A ConfigurationError, or a sink without a
   * permission, fails all other records too.
   */
  readonly permanent: boolean;
  /** True if an inner `retry` used all its attempts. False if it stopped for lack of time or for such an error. */
  readonly exhausted: boolean;
}

/** Which failures are for good, and where their letters go if the sink does not take them. */
export interface DeadLetterOptions {
  /**
   * - `'permanent'`: errors with `retryable: false`, such as those of unmarshalling and validation, that concern this
   *   record alone: a ConfigurationError, or a missing permission, fails the record and waits for its fix
   * - `'exhausted'`: those, and records whose attempts `retry` has used up; for that, add `retry` after `deadLetter`, so within it
   * - a function: decides for each error, at once. What it throws counts as no; a promise fails the record with a
   *   ConfigurationError `ASYNC_CONDITION`.
   *
   * What fails when the deadline has been reached is never for good.
   *
   * @defaultValue `'permanent'`
   */
  readonly when?: 'permanent' | 'exhausted' | ((error: unknown, failure: Failure) => boolean);
  /**
   * Where a letter goes that the sink has not accepted, because it is too large or for any other reason: a bucket,
   * which takes letters of any size.
   */
  readonly fallback?: Sink;
}

const OWNER = 'deadLetter';

const SINK: Check = {
  expected: 'one of streamlane/sinks, or have target and send(message, options)',
  accepts: isSink,
};

const CHECKS: Checks = {
  when: {
    expected: "'permanent', 'exhausted' or a function",
    accepts: (value) => typeof value === 'function' || value === 'permanent' || value === 'exhausted',
  },
  fallback: { expected: 'a sink, such as bucketWriter(...)', accepts: isSink },
};

/**
 * Record middleware that sends a record which failed for good to a sink, as a {@link DeadLetter}; then the record
 * counts as handled, and the records behind it are delivered.
 *
 * - Nothing is dropped: a record counts as handled only once a sink has accepted its letter. Otherwise it fails with a
 *   DeadLetterError, whose `cause` is what the handler threw, and Lambda delivers it again.
 * - Add it first, so that it lies around `idempotent` and `retry` and gets the records that they could not handle.
 * - **The letter holds the item.** The log entry about it does not.
 * - It does not get what fails before any middleware: a record without Keys, or with an unknown eventName.
 *
 * A letter may be written again when its record is delivered again; `id` is the same then.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`; for a record, DeadLetterError `DEAD_LETTER_REFUSED`,
 * and ConfigurationError `ASYNC_CONDITION`
 * @example
 * ```ts
 * export const handler = streamRouter<Invoice>()
 *   .use(deadLetter(sqsQueue({ queueUrl }), { when: 'exhausted' }))
 *   .use(retry({ attempts: 3 }))
 *   .onInsert(({ newImage }) => announce(newImage));
 * ```
 */
export function deadLetter(
  sink: Sink,
  options: DeadLetterOptions = {},
): RecordMiddleware<RecordBase<EventName, object>> {
  requireArgument(OWNER, 'sink', sink, SINK);
  checkOptions(OWNER, options, CHECKS);
  const { when = 'permanent', fallback } = options;
  const sinks = fallback === undefined ? [sink] : [sink, fallback];

  const settle = async (
    record: RecordBase<EventName, object>,
    context: RecordContext,
    thrown: unknown,
  ): Promise<void> => {
    // At the deadline the record has been reported already: it fails for lack of time, not for good.
    if (isOver(context) || !isForGood(when, record, context, thrown)) throw thrown;
    const target = await accepted(sinks, record, context, thrown);
    noteDeadLetter(context, record.sequenceNumber, thrown);
    publishRecordFailed(() => ({
      outcome: 'deadLettered',
      ...logFieldsOf(record),
      streamArn: LazyRecord.rawOf(record).eventSourceARN,
      error: thrown,
    }));
    ignoreErrors(() =>
      context.logger.warn('Record sent to the dead letters', {
        ...logFieldsOf(record),
        target,
        error: thrown,
      }),
    );
  };

  return needsRouted((record, context, next) => {
    let result: void | Promise<void>;
    try {
      result = next();
    } catch (thrown) {
      return settle(record, context, thrown);
    }
    if (!isThenable(result)) return undefined;
    return result.then(undefined, (thrown) => settle(record, context, thrown));
  });
}

function isForGood(
  when: NonNullable<DeadLetterOptions['when']>,
  record: RecordBase<EventName, object>,
  { logger }: RecordContext,
  thrown: unknown,
): boolean {
  // What fails every record would empty the stream into the sink, where waiting for the fix loses no time or order.
  const own = !isSystemic(thrown);
  const permanent = own && isPermanent(thrown);
  const exhausted = own && isExhausted(record, thrown);
  if (when === 'permanent') return permanent;
  if (when === 'exhausted') return permanent || exhausted;
  let answer: unknown;
  try {
    answer = when(thrown, { record, permanent, exhausted });
  } catch (error) {
    ignoreErrors(() => logger.error('when failed', { ...logFieldsOf(record), error }));
    return false;
  }
  return answerOf(`${OWNER}: when`, answer, 'Return true or false, not a promise. No letter was written.', {
    cause: thrown,
  });
}

/**
 * Sends the letter to the first sink that takes it.
 *
 * @returns that sink's target
 * @throws DeadLetterError
 */
async function accepted(
  sinks: readonly Sink[],
  record: RecordBase<EventName, object>,
  context: RecordContext,
  thrown: unknown,
): Promise<string> {
  const { signal, lambdaContext } = context;
  let refusal: DeadLetterError | undefined;
  for (const sink of sinks) {
    // The fallback starts after a wait: by now the record may have been reported.
    if (refusal !== undefined && isOver(context)) break;
    try {
      const raw = LazyRecord.rawOf(record);
      const entity = knownEntityOf(record);
      const { traceparent } = traceMembersOf(record);
      const letter = sentLetterOf(createDeadLetter(raw, thrown, lambdaContext, { entity, traceparent }));
      await finished('The send of the sink', sink.send(letter, { record: sinkRecordOf(record), signal }));
      return sink.target;
    } catch (error) {
      refusal = new DeadLetterError(sink.target, error, { cause: thrown });
    }
  }
  throw refusal;
}

function isSink(value: unknown): value is Sink {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Sink).target === 'string' &&
    typeof (value as Sink).send === 'function'
  );
}
