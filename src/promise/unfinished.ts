import { ConfigurationError, type ConfigurationErrorOptions } from '../errors.ts';
import { isThenable } from './thenable.ts';

/** How deep arrays in arrays are looked into: a map() within a map() is two. */
const MAX_NESTED = 3;

/**
 * Returns true if a result of user code holds unfinished work that no code awaits: an array, Set or Map with promises in
 * it, a generator or another iterator. The result itself is not a promise; it may be the value of a resolved one.
 * Never throws. Returns false for a value that cannot be inspected, such as a revoked Proxy.
 */
export function isUnfinished(result: unknown): result is object {
  // Most handlers return nothing, and this is asked for each record.
  if (typeof result !== 'object' || result === null) return false;
  try {
    return holdsWork(result, 0);
  } catch {
    return false;
  }
}

/**
 * Fails for a result that {@link isUnfinished}, once the promises in it have settled: they run, so the lane has to wait,
 * and their rejections must not end the process.
 *
 * @param returner what returned it; the option, if it is one
 * @throws ConfigurationError `INVALID_RESULT`
 */
export async function refuseUnfinished(
  result: object,
  returner = 'A handler',
  options: ConfigurationErrorOptions = {},
): Promise<never> {
  const promises = promisesIn(result, 0);
  await Promise.allSettled(promises);
  // An error about an option begins with it.
  const subject = options.option === undefined ? `${returner} ` : '';
  throw new ConfigurationError(
    'INVALID_RESULT',
    promises.length > 0
      ? `${subject}returned promises within another value, and nothing waits for those. ` +
          'Return one promise, as Promise.all(array) gives it.'
      : `${subject}returned a generator or another iterator, which has not done its work yet. ` +
          'Return a promise: make it an async function, or consume it in one.',
    options,
  );
}

/**
 * Waits for a result, off the hot path.
 *
 * @throws ConfigurationError `INVALID_RESULT`
 */
export async function finished(
  returner: string,
  result: unknown,
  options?: ConfigurationErrorOptions,
): Promise<void> {
  const value = await result;
  if (isUnfinished(value)) await refuseUnfinished(value, returner, options);
}

function holdsWork(value: object, nested: number): boolean {
  if (!isCollection(value)) return typeof (value as { readonly next?: unknown }).next === 'function';
  if (nested === MAX_NESTED) return false;
  for (const element of value.values()) {
    if (typeof element !== 'object' && typeof element !== 'function') continue;
    if (element !== null && (isThenable(element) || holdsWork(element, nested + 1))) return true;
  }
  return false;
}

function promisesIn(value: unknown, nested: number): PromiseLike<unknown>[] {
  if (isThenable(value)) return [value];
  if (!isCollection(value) || nested > MAX_NESTED) return [];
  return Array.from(value.values(), (element) => promisesIn(element, nested + 1)).flat();
}

function isCollection(value: unknown): value is { values(): Iterable<unknown> } {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}
