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

/**
 * Whether every record will fail with this until somebody changes the function or what it calls: a wrong
 * configuration, or a target that refuses all that it is sent, for want of a permission mostly.
 */
export function concernsAllRecords(thrown: unknown): boolean {
  return (
    thrown instanceof ConfigurationError ||
    (thrown instanceof SinkError && thrown.code === 'SINK_REQUEST_FAILED' && !thrown.retryable)
  );
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
