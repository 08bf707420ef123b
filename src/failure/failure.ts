import { ConfigurationError, SinkError } from '../errors.ts';
import { isInstance, partOf } from './content-free-cause.ts';

/**
 * Facts about failures, for the middlewares that decide what happens next. They are kept by record object: each
 * invocation has its own objects.
 */

/** Returns true if a thrown value says that a retry cannot help: any object with `retryable: false`. */
export function isPermanent(thrown: unknown): boolean {
  return typeof thrown === 'object' && partOf(thrown, 'retryable') === false;
}

/** Errors that wrap others are looked into so deep. */
const MAX_CAUSES = 5;

/**
 * Returns true if every record fails with this error until the function or its environment changes: a wrong
 * configuration, or a target that accepts no message. Also finds such an error in another one, as its `cause` or among
 * the `errors` of an AggregateError.
 */
export function isSystemic(thrown: unknown): boolean {
  // Level by level and each error once: errors that wrap each other many times would take exponential time.
  const wrapped = new Set([thrown]);
  let left = MAX_CAUSES;
  let level: readonly unknown[] = [thrown];
  for (; level.length > 0 && left > 0; left--) {
    if (level.some(failsEveryRecord)) return true;
    level = [...new Set(level.flatMap(wrappedIn))].filter((inner) => !wrapped.has(inner));
    for (const inner of level) wrapped.add(inner);
  }
  return false;
}

function failsEveryRecord(thrown: unknown): boolean {
  try {
    if (thrown instanceof SinkError) return thrown.code === 'SINK_REQUEST_FAILED' && !thrown.retryable;
    return thrown instanceof ConfigurationError;
  } catch {
    // A Proxy may throw when it is asked for its prototype.
    return false;
  }
}

function wrappedIn(thrown: unknown): readonly unknown[] {
  // A sink has judged what it wraps.
  if (typeof thrown !== 'object' || isInstance(thrown, SinkError)) return [];
  const cause = partOf(thrown, 'cause');
  const errors = partOf(thrown, 'errors');
  return isInstance(errors, Array) ? [cause, ...errors] : [cause];
}

/** Record -> what its retries ended with. In a box, as it may be undefined. */
const exhausted: WeakMap<object, { readonly thrown: unknown }> = new WeakMap();

/** Notes that nothing more will be tried for a record within this invocation, other than for lack of time. */
export function markExhausted(record: object, thrown: unknown): void {
  exhausted.set(record, { thrown });
}

/** Returns true if the retries of the record ended with this error. An error thrown around them later does not count. */
export function isExhausted(record: object, thrown: unknown): boolean {
  const end = exhausted.get(record);
  return end !== undefined && Object.is(end.thrown, thrown);
}
