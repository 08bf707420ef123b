import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so long, or until the signal aborts: then it returns early, and does not throw. */
export async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => {}); // only the signal ends it
}
