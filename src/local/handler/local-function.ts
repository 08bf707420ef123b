import type { Context } from 'aws-lambda';
import { type InvocationOutcome, type Invoke, NotStartedError } from '../../delivery/invoke.ts';
import type { LambdaHandler } from '../../delivery/lambda-handler.ts';
import { requireHandler as requireMappingHandler } from '../../delivery/require-handler.ts';
import { responseOf } from '../../delivery/response-json.ts';
import { isInstance } from '../../failure/content-free-cause.ts';
import { ownWork } from '../../stream/event-loop.ts';
import { type FunctionIdentity, lambdaContext } from './lambda-context.ts';

/**
 * Refuses functions that Lambda refuses.
 *
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export function requireHandler(
  handler: unknown,
  what: string | { readonly option: string },
): asserts handler is LambdaHandler {
  requireMappingHandler('startEventSourceMapping', handler, what);
}

/** Runs a function in this process, as Lambda would: with an event of its own, and a deadline. */
export function localFunction(handler: LambdaHandler, identity: FunctionIdentity): Invoke {
  return async (event, requestId) => {
    const { timeoutMs } = identity;
    const context = lambdaContext(identity, requestId);
    const { promise: late, resolve } = Promise.withResolvers<InvocationOutcome>();
    const timedOut = (): InvocationOutcome => ({
      type: 'failed',
      error: new Error(`Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`),
    });
    let timer: NodeJS.Timeout | undefined;
    const watch = (leftMs: number): void => {
      timer = setTimeout(() => {
        // What the mapping itself has taken of the event loop is left, and more than that.
        const nowLeftMs = context.getRemainingTimeInMillis();
        if (nowLeftMs <= 0) resolve(timedOut());
        else watch(nowLeftMs);
      }, leftMs);
    };
    watch(timeoutMs);
    const outcome = await Promise.race([run(handler, event, context), late]);
    clearTimeout(timer);
    // A function that never waits keeps the timer from firing, but Lambda would have ended it.
    return context.getRemainingTimeInMillis() <= 0 ? timedOut() : outcome;
  };
}

async function run(handler: LambdaHandler, event: string, context: Context): Promise<InvocationOutcome> {
  try {
    const answer: unknown = await handler(
      ownWork(() => JSON.parse(event)),
      context,
      undefined as never,
    );
    return { type: 'returned', response: responseOf(answer) };
  } catch (error) {
    return { type: isInstance(error, NotStartedError) ? 'throttled' : 'failed', error };
  }
}
