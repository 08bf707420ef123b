import { FUNCTION } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { builtIn, decide, warningsOf } from './built-in.ts';
import { type Condition, holds } from './condition.ts';

/**
 * Turns a condition round.
 *
 * @throws ConfigurationError `INVALID_HANDLER` when the condition is not a function
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
  return builtIn(
    (record: R) => !holds(condition, record),
    { kind: 'not', conditions: [condition], warnings: warningsOf(condition) },
    (record) => {
      const verdict = decide(condition, record);
      return verdict === undefined ? undefined : !verdict;
    },
  );
}
