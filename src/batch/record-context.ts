import type { Context } from 'aws-lambda';
import type { Logger } from '../logger.ts';
import { Deadline } from './deadline.ts';
import { DelayedResponse } from './delayed-response.ts';

/** The second argument of a handler, after the record. One per invocation. */
export interface RecordContext {
  /** The logger given to the router. */
  readonly logger: Logger;
  /** Aborts at the deadline, `reserveMs` before Lambda ends the invocation: hand it to fetch and SDK calls. */
  readonly signal: AbortSignal;
  /** The invocation's Lambda context. */
  readonly lambdaContext: Context;
  /** Milliseconds until Lambda ends the invocation; Infinity when the context has no clock, as in tests. */
  getRemainingTimeInMillis(): number;
}

/** Not for handlers: where a context of this package keeps the deadline of its invocation. */
const deadlineOf: unique symbol = Symbol('deadline');

interface InvocationContext extends RecordContext {
  readonly [deadlineOf]?: Deadline;
}

/** The answer of the invocation that a context belongs to. A context made by hand gets one of its own. */
export function delayedResponseOf(context: InvocationContext): DelayedResponse {
  const deadline = context[deadlineOf] ?? new Deadline(context, 0);
  // Only now, as most batches hold nothing: an answer for each, in a WeakMap by context, doubled a batch of one.
  deadline.answer ??= new DelayedResponse(deadline);
  return deadline.answer;
}

/** Returns an object that identifies the invocation of a context, even of a copy that a middleware passes on. */
export function invocationOf(context: InvocationContext): object {
  return context[deadlineOf] ?? context;
}

/**
 * Returns true when the deadline of the invocation is reached. The clock decides, because the timer that aborts the
 * signal fires late while code runs without awaiting. For a copy of the context with its own signal, that signal decides.
 */
export function isOver(context: InvocationContext): boolean {
  const deadline = context[deadlineOf];
  const { signal } = context;
  return deadline !== undefined && deadline.signal === signal ? deadline.reached() : signal.aborted;
}

/** Creates the context of one invocation. Its signal costs nothing until it is read. */
export function recordContext(
  logger: Logger,
  deadline: Deadline,
  lambdaContext: Context | undefined,
): RecordContext {
  const context: InvocationContext = {
    logger,
    get signal(): AbortSignal {
      return deadline.signal;
    },
    // Undefined only where a test passed none.
    lambdaContext: lambdaContext as Context,
    getRemainingTimeInMillis: () => deadline.remainingMs(),
    [deadlineOf]: deadline,
  };
  return context;
}
