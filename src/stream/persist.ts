import { exponentialDelay } from '../delivery/retry-delay.ts';
import { wait } from './wait.ts';

export interface PersistOptions {
  readonly signal: AbortSignal;
  /** Gets each failure that is tried again, and the delay before that. */
  readonly onProblem: (error: unknown, delayMs: number) => void;
  /** Returns true for an error that is thrown to the caller instead of being retried. */
  readonly isFinal?: (error: unknown) => boolean;
}

const delay = exponentialDelay({ firstMs: 100, mostMs: 5_000 });

/**
 * Tries until it works, with growing delays.
 *
 * @throws what is final, and anything once the signal aborts
 */
export async function persist<Answer>(call: () => Promise<Answer>, options: PersistOptions): Promise<Answer> {
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
