import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_TIMEOUT_MS } from '../batch/deadline.ts';

/**
 * Waits so long, or until the signal aborts: then it returns early, and does not throw. A delay that is not a number from 0
 * on is 0: timers would warn of it. More than 24 days are 24 days: timers would make them 1 ms.
 */
export async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  const timerMs = delayMs > 0 ? Math.min(delayMs, MAX_TIMEOUT_MS) : 0;
  await sleep(timerMs, undefined, { signal }).catch(() => {}); // only the signal ends it
}
