import { setTimeout as sleep } from 'node:timers/promises';

export async function isReachable(url: string | undefined): Promise<boolean> {
  return fetch(`${url}`).then(
    () => true,
    () => false,
  );
}

/** Returns true if no server listens there, now or shortly after. */
export async function isGone(url: string | undefined): Promise<boolean> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(20)) {
    if (!(await isReachable(url))) return true;
  }
  return false;
}
