import type { Context } from 'aws-lambda';
import type { Logger } from '../logger.ts';
import type { Deadline } from './deadline.ts';

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

/** Makes the context of one invocation; its signal costs nothing until somebody asks for it. */
export function recordContext(
  logger: Logger,
  deadline: Deadline,
  lambdaContext: Context | undefined,
): RecordContext {
  return {
    logger,
    get signal(): AbortSignal {
      return deadline.signal;
    },
    // Undefined only where a test passed none.
    lambdaContext: lambdaContext as Context,
    getRemainingTimeInMillis: () => deadline.remainingMs(),
  };
}
