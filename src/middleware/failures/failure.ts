import { ConfigurationError, SinkError } from '../../errors.ts';

/**
 * What a failure says of itself, for the middlewares that decide what happens next. Records are known by their
 * object: each invocation has its own.
 */

/** Whether what was thrown says that no repetition will help: `retryable: false`, on any object. */
export function isPermanent(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' && thrown !== null && (thrown as { retryable?: unknown }).retryable === false
  );
}

/** Errors that wrap others are looked into so deep. */
const MOST_CAUSES = 5;

/**
 * Whether every record will fail with this until somebody changes the function or what it calls: a wrong
 * configuration, or a target that takes no message. Also where a handler has wrapped such an error, as the `cause` of its
 * own or among the `errors` of an AggregateError.
 */
export function concernsAllRecords(thrown: unknown, depth: number = MOST_CAUSES): boolean {
  if (typeof thrown !== 'object' || thrown === null || depth === 0) return false;
  if (thrown instanceof ConfigurationError) return true;
  if (thrown instanceof SinkError) return thrown.code === 'SINK_REQUEST_FAILED' && !thrown.retryable;
  const { cause, errors } = thrown as { readonly cause?: unknown; readonly errors?: unknown };
  const wrapped = Array.isArray(errors) ? [cause, ...errors] : [cause];
  return wrapped.some((inner) => concernsAllRecords(inner, depth - 1));
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
