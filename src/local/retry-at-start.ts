import { retryUntilAborted } from '../stream/retry-until-aborted.ts';
import { isThrottle } from '../stream/stream-source.ts';

/** A restart of an emulator, or a moment of throttling, is over by then. */
const PATIENCE_MS = 30_000;

/** Connections that were open and broke, and names that are not resolved for a moment. Not ECONNREFUSED: no server runs there. */
const BROKEN_CONNECTION = ['ECONNRESET', 'EPIPE', 'EAI_AGAIN'];

/**
 * Calls until a call succeeds, while its failures can pass with time: throttling, a server's own error, a connection that breaks.
 * A mapping that runs waits out all failures. While it starts, most of them are mistakes in its options, and its caller wants to
 * know of them at once.
 *
 * @param onProblem gets each failure that is tried again, and the delay before that
 * @throws any other failure; the last one, once the time is up
 */
export function retryAtStart<Answer>(
  call: () => Promise<Answer>,
  onProblem: (error: unknown, delayMs: number) => void,
  patienceMs: number = PATIENCE_MS,
): Promise<Answer> {
  const endsAt = performance.now() + patienceMs;
  return retryUntilAborted(call, {
    signal: new AbortController().signal,
    onProblem,
    isFinal: (error) => performance.now() >= endsAt || !canPass(error),
  });
}

function canPass(error: unknown): boolean {
  const { code, $metadata } = error as {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 500 || isThrottle(error) || BROKEN_CONNECTION.includes(`${code}`);
}
