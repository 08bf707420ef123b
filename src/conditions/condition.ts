import { ConfigurationError } from '../errors.ts';
import { isThenable } from '../thenable.ts';

/** Decides whether a route takes a record. Gets the record, returns true or false, never a promise. */
export type Condition<R> = (record: R) => boolean;

/**
 * Asks a condition.
 *
 * @throws ConfigurationError `ASYNC_CONDITION`
 */
export function holds<R>(condition: Condition<R>, record: R): boolean {
  const held: unknown = condition(record);
  // A promise is truthy: an async condition would hold for every record, and its opposite for none, in silence.
  if (isThenable(held)) {
    Promise.resolve(held).catch(() => {});
    throw new ConfigurationError(
      'ASYNC_CONDITION',
      'A condition returned a promise. Conditions answer at once: move what waits into the handler.',
    );
  }
  return Boolean(held);
}
