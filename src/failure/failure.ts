import { ConfigurationError, SinkError } from '../errors.ts';
import { isInstance, partOf } from './content-free-cause.ts';

/**
 * What a failure says of itself, for the middlewares that decide what happens next. Records are known by their
 * object: each invocation has its own.
 */

/** Whether what was thrown says that no repetition will help: `retryable: false`, on any object. */
export function isPermanent(thrown: unknown): boolean {
  return typeof thrown === 'object' && partOf(thrown, 'retryable') === false;
}

/** Errors that wrap others are looked into so deep. */
const MOST_CAUSES = 5;

/**
 * Whether every record will fail with this until somebody changes the function or what it calls: a wrong
 * configuration, or a target that takes no message. Also where a handler has wrapped such an error, as the `cause` of its
 * own or among the `errors` of an AggregateError.
 */
export function concernsAllRecords(thrown: unknown): boolean {
  // Level by level and each error once: errors that wrap each other many times would take exponential time.
  const wrapped = new Set([thrown]);
  let left = MOST_CAUSES;
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
const givenUp: WeakMap<object, { readonly thrown: unknown }> = new WeakMap();

/** Notes that nothing more will be tried for a record within this invocation, other than for lack of time. */
export function giveUp(record: object, thrown: unknown): void {
  givenUp.set(record, { thrown });
}

/** Whether this is what the retries of the record ended with: not what something around them has thrown since. */
export function isExhausted(record: object, thrown: unknown): boolean {
  const end = givenUp.get(record);
  return end !== undefined && Object.is(end.thrown, thrown);
}
