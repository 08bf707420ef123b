import { exponentialDelay } from '../delivery/retry-delay.ts';
import { wait } from './wait.ts';

export interface RetryUntilAbortedOptions {
  readonly signal: AbortSignal;
  /** Gets each failure that is tried again, and the delay before that. */
  readonly onProblem: (error: unknown, delayMs: number) => void;
  /** Returns true for an error that is thrown to the caller instead of being retried. */
  readonly isFinal?: (error: unknown) => boolean;
}

const delay = exponentialDelay({ minMs: 100, maxMs: 5_000 });

/**
 * Calls until a call succeeds, with growing delays.
 *
 * @throws a final error; any error once the signal aborts
 */
export async function retryUntilAborted<Answer>(
  call: () => Promise<Answer>,
  options: RetryUntilAbortedOptions,
): Promise<Answer> {
  const { signal, onProblem, isFinal } = options;
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted || isFinal?.(error)) throw error;
      const delayMs = delay(failures);
      onProblem(error, delayMs);
      await wait(delayMs, signal);
      signal.throwIfAborted();
    }
  }
}
