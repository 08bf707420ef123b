import { MAX_TIMEOUT_MS } from './deadline.ts';

/**
 * Waits for a thenable, but no longer than `ms`.
 *
 * @returns whether it was fulfilled in time
 * @throws what it rejects with in time; a later rejection is dropped
 */
export async function inTime(result: PromiseLike<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    // The shortest timer takes 1 ms, which may be the last one. Of a negative time Node warns on standard error.
    if (ms < 1) setImmediate(resolve, false);
    else timer = setTimeout(resolve, Math.min(ms, MAX_TIMEOUT_MS), false);
  });
  try {
    return await Promise.race([Promise.resolve(result).then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
