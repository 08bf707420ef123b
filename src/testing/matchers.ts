import { type ParsedResponse, parseResponse } from '../delivery/batch-response.ts';
import { isThenable } from '../promise/thenable.ts';
import { compareSequenceNumbers, isSequenceNumber } from '../record/sequence-number.ts';
import type { Delivery } from './deliver.ts';
import { deliveryProblem, deliveryReasons, isDelivery } from './delivery-problem.ts';
import { rememberedFailure } from './recent-failures.ts';

/** The result of a matcher, for Vitest or Jest. */
export interface MatcherResult {
  /** True if the value matches. */
  readonly pass: boolean;
  /** Gives the message for a failed assertion. */
  readonly message: () => string;
  /** The value, for the difference that is shown. */
  readonly actual?: unknown;
  /** The value that it should be. */
  readonly expected?: unknown;
}

/** The matchers that `expect(...)` gets, for the types. */
export interface StreamAssertions<Result = void> {
  /**
   * The response reports this checkpoint: Lambda delivers again from there.
   *
   * @example
   * ```ts
   * expect(await router(event)).toReportCheckpoint(record.dynamodb.SequenceNumber);
   * ```
   */
  toReportCheckpoint(sequenceNumber: string): Result;
  /**
   * The response reports no failure: Lambda has processed the whole batch. Of what `deliver` returns: every record was
   * handled, in whatever attempt, and none was discarded, dead-lettered or lost. If it fails, it shows why records failed.
   *
   * @example
   * ```ts
   * expect(await router(event)).toSucceed();
   * expect(await deliver(router, records)).toSucceed();
   * ```
   */
  toSucceed(): Result;
}

/** The meaning of a response with ReportBatchItemFailures, without knowledge of its batch. */
type Reading =
  | Exclude<ParsedResponse, { readonly type: 'identifiers' }>
  | { readonly type: 'checkpoint'; readonly checkpoint: string };

/**
 * Matchers for the response of a router, or of any handler with ReportBatchItemFailures. They read it as Lambda
 * does: of several identifiers the lowest counts, `{}` and nothing at all are success.
 *
 * `import 'streamlane/testing/vitest'` registers them in Vitest, and `import 'streamlane/testing/jest'` in Jest, types
 * included.
 *
 * @example
 * ```ts
 * expect.extend(streamMatchers);
 * ```
 */
export const streamMatchers: {
  toReportCheckpoint(received: unknown, sequenceNumber: string): MatcherResult;
  toSucceed(received: unknown): MatcherResult;
} = {
  toReportCheckpoint(received, sequenceNumber) {
    if (!isSequenceNumber(sequenceNumber)) {
      throw new TypeError(
        'toReportCheckpoint: expected a sequence number, as in record.dynamodb.SequenceNumber, ' +
          `got ${JSON.stringify(sequenceNumber)}.`,
      );
    }
    if (isDelivery(received)) {
      throw new TypeError(
        'toReportCheckpoint: expected the response of one invocation, got what deliver returns. Compare its checkpoint: ' +
          'expect(delivery.checkpoint).toBe(sequenceNumber).',
      );
    }
    const reading = readingOf(received);
    return {
      pass: reading.type === 'checkpoint' && compareSequenceNumbers(reading.checkpoint, sequenceNumber) === 0,
      actual: reading.type === 'checkpoint' ? reading.checkpoint : received,
      expected: sequenceNumber,
      // Vitest calls this only when `pass` differs from the assertion.
      message: () =>
        reading.type === 'checkpoint' && compareSequenceNumbers(reading.checkpoint, sequenceNumber) === 0
          ? `Expected the response not to report the checkpoint ${sequenceNumber}, but it does.`
          : `Expected the response to report the checkpoint ${sequenceNumber}, but ${inWords(reading)}`,
    };
  },
  toSucceed(received) {
    if (isDelivery(received)) return deliverySucceeds(received);
    const reading = readingOf(received);
    return {
      pass: reading.type === 'succeeded',
      message: () =>
        reading.type === 'succeeded'
          ? 'Expected the response to report a failure, but it reports none: the whole batch counts as processed.'
          : `Expected the response to report no failure, but ${inWords(reading)}`,
    };
  },
};

function deliverySucceeds(delivery: Delivery): MatcherResult {
  const problem = deliveryProblem(delivery);
  return {
    pass: problem === undefined,
    message: () =>
      problem === undefined
        ? 'Expected the delivery not to succeed, but every record was handled.'
        : `Expected the delivery to succeed, but ${problem}${deliveryReasons(delivery)}`,
  };
}

function readingOf(received: unknown): Reading {
  if (isThenable(received)) {
    throw new TypeError(
      'Expected a response, got a promise. Await the handler: expect(await router(event)), expect(await deliver(...)).',
    );
  }
  const reported = parseResponse(received);
  if (reported.type !== 'identifiers') return reported;
  const { identifiers } = reported;
  const wrong = identifiers.findIndex((identifier) => !isSequenceNumber(identifier));
  if (wrong !== -1) {
    return {
      type: 'malformed',
      problem: `batchItemFailures[${wrong}].itemIdentifier is not a sequence number`,
    };
  }
  const [checkpoint] = (identifiers as readonly string[]).toSorted(compareSequenceNumbers);
  return { type: 'checkpoint', checkpoint: checkpoint as string };
}

function inWords(reading: Reading): string {
  if (reading.type === 'succeeded') return 'it reports no failure: the whole batch counts as processed.';
  if (reading.type === 'checkpoint') {
    return `it reports ${reading.checkpoint}: Lambda delivers again from there.${rememberedFailure(reading.checkpoint)}`;
  }
  return `it is malformed, because ${reading.problem}: Lambda takes the whole batch as failed.`;
}
