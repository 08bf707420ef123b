import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so long, or until the signal aborts: then it returns early, and does not throw. */
export async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
