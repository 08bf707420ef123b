import { ConfigurationError } from '../errors.ts';
import { kindOf } from '../options/unknown-options.ts';
import { type Condition, holds } from './condition.ts';
import { noteWarnings, warningsOf } from './condition-warnings.ts';

/**
 * Turns a condition round.
 *
 * @throws ConfigurationError `INVALID_HANDLER` when the condition is no function
 * @example
 * ```ts
 * router.onRemove(not(expired), async ({ oldImage }) => {});
 * ```
 */
export function not<R>(condition: Condition<R>): Condition<R> {
  if (typeof condition !== 'function') {
    throw new ConfigurationError(
      'INVALID_HANDLER',
      `not: the condition has to be a function, got ${kindOf(condition)}. Use not(condition).`,
    );
  }
  return noteWarnings((record) => !holds(condition, record), warningsOf(condition));
}
