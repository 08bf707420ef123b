import { FUNCTION } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
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
  requireArgument('not', 'condition', condition, FUNCTION, {
    code: 'INVALID_HANDLER',
    remedy: 'Use not(condition).',
  });
  return noteWarnings((record) => !holds(condition, record), warningsOf(condition));
}
