import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `done`, or until `activity` has stood still for so long that it will not happen any more.
 *
 * @param activity - a count that grows while there is work going on
 */
export async function waitUntil(
  done: () => boolean,
  activity: () => number,
  patienceMs: number,
): Promise<void> {
  let last = activity();
  let lastChange = Date.now();
  while (!done() && Date.now() - lastChange < patienceMs) {
    await sleep(20);
    const now = activity();
    if (now !== last) lastChange = Date.now();
    last = now;
  }
}
