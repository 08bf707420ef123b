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

/** The answers of invocations, by their contexts: for middlewares of this package, not for handlers. */
const answers: WeakMap<RecordContext, HeldAnswer> = new WeakMap();

/** The answer of the invocation that a context belongs to. A context of another making has an answer that nobody gives. */
export function heldAnswerOf(context: RecordContext): HeldAnswer {
  let answer = answers.get(context);
  if (answer === undefined) {
    answer = new HeldAnswer(new Deadline(context, 0));
    answers.set(context, answer);
  }
  return answer;
}

/** Makes the context of one invocation; its signal costs nothing until somebody asks for it. */
export function recordContext(
  logger: Logger,
  deadline: Deadline,
  lambdaContext: Context | undefined,
): RecordContext {
  const context: RecordContext = {
    logger,
    get signal(): AbortSignal {
      return deadline.signal;
    },
    // Undefined only where a test passed none.
    lambdaContext: lambdaContext as Context,
    getRemainingTimeInMillis: () => deadline.remainingMs(),
  };
  answers.set(context, new HeldAnswer(deadline));
  return context;
}
