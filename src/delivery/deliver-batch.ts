import type { DynamoDBRecord } from 'aws-lambda';
import { creationSecondsOf } from '../record/creation-time.ts';
import type { WindowFields } from '../window/window-event.ts';
import { type BatchResult, readBatchResponse } from './batch-response.ts';
import { type OnFailureCondition, type OnFailureDocument, onFailureDocument } from './on-failure-document.ts';
import type { RetryDelay } from './retry-delay.ts';

/** Records of one shard that are delivered together, in SequenceNumber order. */
export interface DeliveryBatch {
  readonly streamArn: string;
  readonly shardId: string;
  readonly records: readonly DynamoDBRecord[];
}

/** The next step. Only `invoke` expects an answer: the result, by {@link takeResult}, or that it is {@link Withheld}. */
export type Decision =
  | Invoked
  | {
      readonly type: 'invoke';
      readonly records: readonly DynamoDBRecord[];
      /** `context.awsRequestId`: the same for all attempts of these records. */
      readonly requestId: string;
      /** 1 for the first invocation with these records; a throttled one is not counted. */
      readonly attempt: number;
      /** The fields of the event besides the records, with a tumbling window. */
      readonly window?: WindowFields;
    }
  | {
      readonly type: 'retry';
      /** Wait that long, then go on. */
      readonly delayMs: number;
      readonly reason: 'failed' | 'throttled';
      readonly records: readonly DynamoDBRecord[];
      readonly requestId: string;
      /** The invocation that comes after the delay, if the records are not too old by then. */
      readonly attempt: number;
    }
  | {
      readonly type: 'split';
      /** Delivered first; the right half waits until it has succeeded or been discarded. */
      readonly left: readonly DynamoDBRecord[];
      readonly right: readonly DynamoDBRecord[];
      /** Of the invocation that failed. */
      readonly requestId: string;
    }
  | {
      readonly type: 'discard';
      readonly records: readonly DynamoDBRecord[];
      /** Of their invocations, if there were any. */
      readonly requestId: string;
      /** For the on-failure destination, if there is one. */
      readonly document: OnFailureDocument;
    }
  | {
      readonly type: 'checkpoint';
      /** Of the last record that is processed. */
      readonly sequenceNumber: string;
      /** The records that were processed since the last checkpoint. */
      readonly records: readonly DynamoDBRecord[];
      readonly outcome: 'succeeded' | 'discarded';
      /** Of their invocations, if there were any. */
      readonly requestId: string;
    };

/** The result of the invocation. It follows directly after each `invoke` and expects no answer. */
export interface Invoked<Result extends InvocationResult = InvocationResult> {
  readonly type: 'invoked';
  readonly records: readonly DynamoDBRecord[];
  readonly requestId: string;
  readonly attempt: number;
  /** `partial`: the first of its records succeeded. */
  readonly outcome: OutcomeOf<Result>;
  /** How many of its records succeeded, counted from the first. */
  readonly done: number;
}

type OutcomeOf<Result extends InvocationResult> = Result extends { readonly type: 'throttled' }
  ? 'throttled'
  : 'succeeded' | 'partial' | 'failed';

/** The result of an invocation. */
export type InvocationResult =
  /** The response as JSON, parsed. */
  | { readonly type: 'returned'; readonly response: unknown }
  /** Thrown or timed out. */
  | { readonly type: 'failed' }
  /** Did not start: uses up no retry. */
  | { readonly type: 'throttled' };

/** The invocation was not tried. The next decision follows directly. */
export type Withheld =
  /** It was held back for a while. Records that are too old by now are discarded first. */
  | { readonly type: 'delayed' }
  /** Its records are discarded instead, as if their retries were used up. */
  | { readonly type: 'skipped' };

/** The answer to an `invoke`. */
export type InvocationAnswer = InvocationResult | Withheld;

/** The mapping's part in the delivery of a batch, and the world outside. */
export interface DeliveryOptions {
  /** Retries after the first invocation; -1 for as many as fit into the records' lives. */
  readonly maximumRetryAttempts: number;
  /** Older records are discarded; -1 for none but those that have left the stream. */
  readonly maximumRecordAgeInSeconds: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** FunctionResponseTypes has ReportBatchItemFailures. Without it any return is success. */
  readonly reportBatchItemFailures: boolean;
  readonly functionArn: string;
  readonly retryDelayMs: RetryDelay;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new `awsRequestId`. */
  readonly requestId: () => string;
  /** Reads a response in another way, as tumbling windows do. */
  readonly readResponse?: (response: unknown, records: readonly DynamoDBRecord[]) => BatchResult;
}

/**
 * Sends the result of an invocation into the engine.
 *
 * @param decisions has just decided to `invoke`
 * @returns what the engine makes of it
 */
export function takeResult<Result extends InvocationResult>(
  decisions: Generator<{ readonly type: string }, void, InvocationResult | undefined>,
  result: Result,
): Invoked<Result> {
  return decisions.next(result).value as Invoked<Result>;
}

/** A DynamoDB stream keeps its records for 24 hours, whatever the mapping says. */
export const STREAM_RETENTION_SECONDS: number = 86_400;

/**
 * Delivers one batch as Lambda's event source mapping does: batch in, decisions out.
 *
 * - Retries come after a delay, with the same request id, until `maximumRetryAttempts` are used up.
 * - A failing batch of several records is split in half with `bisectBatchOnFunctionError`, depth first.
 * - Partial progress and each half start with fresh retries and a new request id.
 * - Records that are too old are discarded before each invocation, from the front of the batch. AWS does not say
 *   how it handles records that leave the stream (24 hours) while they are retried: here they are discarded as
 *   too old as well, with a document.
 * - Checkpoints ascend, and the last one is the batch's last record.
 *
 * It does nothing itself and knows no clock: the caller sends the result of each `invoke` into the
 * generator, and carries out the rest as it sees fit, on real or virtual time.
 *
 * ```text
 *   run(B)  too old in front? ---------------- discard, checkpoint
 *           retries used up, or skipped? ----- discard, checkpoint
 *           invoke, invoked -- success ------- checkpoint
 *                   -- partial (k > 0) ----- checkpoint B[0..k), run(B[k..])
 *                   -- failure, |B| > 1,
 *                      bisect -------------- split, run(left), run(right)
 *                   -- failure ------------- retry, run(B) with the same request id
 * ```
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function* deliverBatch(
  batch: DeliveryBatch,
  options: DeliveryOptions,
): Generator<Decision, void, InvocationAnswer | undefined> {
  // Runs still to come: the last one is next. A stack rather than recursion: depth is the handler's to choose.
  const runs: (readonly DynamoDBRecord[])[] = [batch.records];
  for (let records = runs.pop(); records !== undefined; records = runs.pop()) {
    if (records.length > 0) runs.push(...(yield* deliverRun(batch, records, options)).toReversed());
  }
}

/** Delivers records until they are processed or cut; returns the pieces that are left, in order. */
function* deliverRun(
  batch: DeliveryBatch,
  all: readonly DynamoDBRecord[],
  options: DeliveryOptions,
): Generator<Decision, (readonly DynamoDBRecord[])[], InvocationAnswer | undefined> {
  const { maximumRetryAttempts } = options;
  const requestId = options.requestId();
  let records = all;
  let attempts = 0;
  let throttles = 0;
  let threw = false;
  let isSkipped = false;

  for (;;) {
    const expired = expiredPrefix(records, options);
    if (expired > 0) {
      yield* discard(records.slice(0, expired), 'RecordAgeExceeded');
      records = records.slice(expired);
      if (records.length === 0) return [];
    }
    if (usedUp() || isSkipped) {
      yield* discard(records, 'RetryAttemptsExhausted');
      return [];
    }
    const invocation = { records, requestId, attempt: attempts + 1 };
    const result = (yield { type: 'invoke', ...invocation }) as InvocationAnswer;
    isSkipped = result.type === 'skipped';
    if (result.type === 'skipped' || result.type === 'delayed') continue;
    if (result.type === 'throttled') {
      yield { type: 'invoked', ...invocation, outcome: 'throttled', done: 0 };
      yield* retry('throttled', ++throttles);
      continue;
    }
    throttles = 0;
    attempts++;
    threw = result.type === 'failed';
    const verdict = verdictOf(result, records, options);
    const done = doneIn(verdict, records.length);
    yield { type: 'invoked', ...invocation, outcome: verdict.type, done };
    if (done > 0) {
      yield checkpoint(records.slice(0, done), 'succeeded', requestId);
      return [records.slice(done)];
    }
    if (options.bisectBatchOnFunctionError && records.length > 1) {
      const middle = Math.floor(records.length / 2);
      const [left, right] = [records.slice(0, middle), records.slice(middle)];
      yield { type: 'split', left, right, requestId };
      return [left, right];
    }
    // There is no wait for a retry that will not be.
    if (!usedUp()) yield* retry('failed', attempts);
  }

  function usedUp(): boolean {
    return maximumRetryAttempts >= 0 && attempts > maximumRetryAttempts;
  }

  function* retry(reason: 'failed' | 'throttled', count: number): Generator<Decision, void, unknown> {
    const delayMs = options.retryDelayMs(count);
    yield { type: 'retry', delayMs, reason, records, requestId, attempt: attempts + 1 };
  }

  function* discard(
    discarded: readonly DynamoDBRecord[],
    condition: OnFailureCondition,
  ): Generator<Decision, void, unknown> {
    const document = onFailureDocument({
      streamArn: batch.streamArn,
      shardId: batch.shardId,
      records: discarded,
      requestId,
      functionArn: options.functionArn,
      condition,
      approximateInvokeCount: attempts,
      threw,
      discardedAt: options.now(),
    });
    yield { type: 'discard', records: discarded, requestId, document };
    yield checkpoint(discarded, 'discarded', requestId);
  }
}

function verdictOf(
  result: Exclude<InvocationResult, { readonly type: 'throttled' }>,
  records: readonly DynamoDBRecord[],
  options: DeliveryOptions,
): BatchResult {
  if (result.type === 'failed') return { type: 'failed' };
  if (options.readResponse !== undefined) return options.readResponse(result.response, records);
  return options.reportBatchItemFailures
    ? readBatchResponse(result.response, records)
    : { type: 'succeeded' };
}

/** How many records of an invocation succeeded, counted from the first. */
function doneIn(verdict: BatchResult, invoked: number): number {
  if (verdict.type === 'partial') return verdict.index;
  return verdict.type === 'succeeded' ? invoked : 0;
}

function checkpoint(
  records: readonly DynamoDBRecord[],
  outcome: 'succeeded' | 'discarded',
  requestId: string,
): Decision {
  const sequenceNumber = records.at(-1)?.dynamodb?.SequenceNumber ?? '';
  return { type: 'checkpoint', sequenceNumber, records, outcome, requestId };
}

/** How many records at the front are too old: the mapping's maximum, or out of the stream. */
function expiredPrefix(records: readonly DynamoDBRecord[], options: DeliveryOptions): number {
  const { maximumRecordAgeInSeconds: maximum } = options;
  const allowed = maximum < 0 ? STREAM_RETENTION_SECONDS : Math.min(maximum, STREAM_RETENTION_SECONDS);
  const oldest = options.now() / 1000 - allowed;
  // A record that does not say when it was made is never too old.
  const fresh = records.findIndex(
    ({ dynamodb }) => !((creationSecondsOf(dynamodb) ?? Number.POSITIVE_INFINITY) < oldest),
  );
  return fresh === -1 ? records.length : fresh;
}
