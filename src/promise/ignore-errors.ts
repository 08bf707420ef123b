import { isThenable } from './thenable.ts';

/** Calls code that must not make a handled record fail, such as a logger. Drops its error, and the rejection of its promise. */
export function ignoreErrors(call: () => unknown): void {
  try {
    const result = call();
    // Unhandled, its rejection would end the process and the batch with it.
    if (isThenable(result)) Promise.resolve(result).catch(() => {});
  } catch {
    // There is no place left to report it.
  }
}
