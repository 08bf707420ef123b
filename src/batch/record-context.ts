import type { Context } from 'aws-lambda';
import type { Logger } from '../logger.ts';
import { Deadline } from './deadline.ts';
import { HeldAnswer } from './held-answer.ts';

/** What handlers get besides the record. One per invocation. */
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
export function heldAnswerOf(context: InvocationContext): HeldAnswer {
  const deadline = context[deadlineOf] ?? new Deadline(context, 0);
  // Only now, as most batches hold nothing: an answer for each, in a WeakMap by context, doubled a batch of one.
  deadline.answer ??= new HeldAnswer(deadline);
  return deadline.answer;
}

/** What the invocation of a context is known by, also where a middleware hands on a copy of the context. */
export function invocationOf(context: InvocationContext): object {
  return context[deadlineOf] ?? context;
}

/**
 * Whether the deadline of the invocation is reached. The clock decides: while code runs that never waits, the timer that
 * aborts the signal is late. A copy of the context with a signal of its own has that for its deadline.
 */
export function isOver(context: InvocationContext): boolean {
  const deadline = context[deadlineOf];
  const { signal } = context;
  return deadline !== undefined && deadline.signal === signal ? deadline.reached() : signal.aborted;
}

/** Makes the context of one invocation; its signal costs nothing until somebody asks for it. */
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
