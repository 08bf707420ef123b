import { isThenable } from './thenable.ts';

/** Calls what must not make a handled record fail, such as a logger. What it throws is dropped, and what a promise that it returns rejects with. */
export function quietly(call: () => unknown): void {
  try {
    const result = call();
    // Unhandled, its rejection would end the process and the batch with it.
    if (isThenable(result)) Promise.resolve(result).catch(() => {});
  } catch {
    // There is nowhere left to say so.
  }
}
