import type { Context } from 'aws-lambda';
import type { InvocationResult } from '../delivery/deliver-batch.ts';
import type { LambdaHandler } from '../delivery/lambda-handler.ts';
import { responseOf } from '../delivery/response-json.ts';
import { isThenable } from '../promise/thenable.ts';
import type { LambdaTestContext } from './lambda-context.ts';

/** The result of one invocation, and its error. */
export interface HandlerOutcome {
  readonly result: Exclude<InvocationResult, { readonly type: 'throttled' }>;
  /** The thrown value, in a list, so that `throw undefined` counts too. */
  readonly thrown: readonly unknown[];
}

/** Real milliseconds in which a handler may answer after its time has been taken away. */
const GRACE_MS = 50;

/**
 * Invokes a handler as Lambda does: the event is parsed from JSON each time, and the response goes through JSON.
 *
 * A handler that has not settled within `settleWithinMs` of real time is told that all but a millisecond of its
 * time has passed. A router then answers with its checkpoint; a handler that does not has timed out.
 */
export async function invokeHandler(
  handler: LambdaHandler,
  event: string,
  context: LambdaTestContext,
  settleWithinMs: number,
): Promise<HandlerOutcome> {
  try {
    const answer = (handler as (event: unknown, context: Context) => unknown)(JSON.parse(event), context);
    const response = isThenable(answer) ? await settle(answer, context, settleWithinMs) : answer;
    return { result: { type: 'returned', response: responseOf(response) }, thrown: [] };
  } catch (error) {
    return { result: { type: 'failed' }, thrown: [error] };
  }
}

async function settle(
  answer: PromiseLike<unknown>,
  context: LambdaTestContext,
  settleWithinMs: number,
): Promise<unknown> {
  const timelyAnswer = Promise.resolve(answer).then((response) => ({ response }));
  const settled = await within(timelyAnswer, settleWithinMs);
  if (settled !== undefined) return settled.response;
  context.advance(context.getRemainingTimeInMillis() - 1);
  const late = await within(timelyAnswer, GRACE_MS);
  if (late !== undefined) return late.response;
  context.advance(1);
  throw new Error(`Task timed out: the handler did not settle within ${settleWithinMs} ms of real time.`);
}

/** The promise's value, or undefined if it has not come by then. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
