import { AsyncLocalStorage } from 'node:async_hooks';

const late = new AsyncLocalStorage<true>();

/** Marks the calls within `run` as late: they must have no effect. */
export function asLateCall(run: () => void): void {
  late.run(true, run);
}

export function isLateCall(): boolean {
  return late.getStore() === true;
}
