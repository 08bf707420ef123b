import type { Context } from 'aws-lambda';
import { onClockMoved } from '../batch/deadline.ts';
import { type Checks, TEXT } from '../options/check.ts';
import { checkOptions, requireArgument } from '../options/check-options.ts';
import { FINITE_MILLISECONDS, MILLISECONDS } from './milliseconds.ts';

/** How a context begins. */
export interface LambdaContextOptions {
  /**
   * Milliseconds that the invocation has left at first.
   *
   * @defaultValue 30000
   */
  readonly remainingMs?: number;
  /** @defaultValue a UUID that differs between contexts */
  readonly awsRequestId?: string;
  /** @defaultValue `'test-function'` */
  readonly functionName?: string;
  /** @defaultValue the ARN of `functionName` in us-east-1 */
  readonly invokedFunctionArn?: string;
}

/** A Lambda context whose clock stands still until a test moves it. */
export interface LambdaTestContext extends Context {
  /**
   * Lets milliseconds of the invocation pass. A router that is waiting for a handler learns of it at once: at its
   * deadline, `signal` aborts before `advance` returns.
   *
   * @throws ConfigurationError `INVALID_OPTION` when it is not a finite number
   */
  advance(ms: number): void;
}

const OWNER = 'lambdaContext';

const CHECKS: Checks = {
  remainingMs: MILLISECONDS,
  awsRequestId: TEXT,
  functionName: TEXT,
  invokedFunctionArn: TEXT,
};

let contexts = 0;

/**
 * Makes a Lambda context with a clock that a test moves, so that deadlines can be tested without waiting.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 * @example
 * ```ts
 * const context = lambdaContext({ remainingMs: 5000 });
 * const answer = router(event, context);
 * context.advance(4500); // less than the router's reserveMs is left: it answers with the finished records
 * expect(await answer).toReportCheckpoint(unfinished.dynamodb.SequenceNumber);
 * ```
 */
export function lambdaContext(options: LambdaContextOptions = {}): LambdaTestContext {
  checkOptions(OWNER, options, CHECKS);
  const { remainingMs = 30_000, functionName = 'test-function' } = options;
  const {
    awsRequestId = requestIdAt(contexts++),
    invokedFunctionArn = `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
  } = options;
  const listeners = new Set<() => void>();
  let left = remainingMs;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn,
    memoryLimitInMB: '128',
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: '2026/01/01/[$LATEST]00000000000000000000000000000000',
    getRemainingTimeInMillis: () => Math.max(0, left),
    advance(ms: number): void {
      requireArgument('advance', 'time', ms, FINITE_MILLISECONDS);
      left -= ms;
      for (const listener of [...listeners]) listener();
    },
    [onClockMoved](listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    done: refuse,
    fail: refuse,
    succeed: refuse,
  };
  return context;
}

/** A UUID that tells by its end which one it is. */
export function requestIdAt(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

function refuse(): never {
  throw new TypeError('context.done, fail and succeed are of Node.js 0.10: return or throw instead.');
}
