import { AsyncLocalStorage } from 'node:async_hooks';

const late = new AsyncLocalStorage<true>();

/** Marks what is called as something that nothing may come of. */
export function asLateCall(run: () => void): void {
  late.run(true, run);
}

export function isLateCall(): boolean {
  return late.getStore() === true;
}
