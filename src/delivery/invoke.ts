import type { InvocationResult } from './deliver-batch.ts';

/** The result of an invocation, with its error. */
export type InvocationOutcome = InvocationResult & {
  /** The error that the function threw, or the reason why it did not start. */
  readonly error?: unknown;
};

/**
 * Thrown in place of an answer: the function could not be started. Counts as a throttle, which uses up no retry.
 */
export class NotStartedError extends Error {
  override readonly name: 'NotStartedError' = 'NotStartedError';
}

/**
 * Invokes the function once. What goes wrong is an outcome; it rejects only when no attempt can ever succeed.
 *
 * @param event the event as JSON, as it crosses to Lambda
 */
export type Invoke = (event: string, requestId: string) => Promise<InvocationOutcome>;
