import { builtIn, decideEach, warningsOf } from './built-in.ts';
import { type Condition, holds } from './condition.ts';
import { requireConditions } from './require-conditions.ts';

/**
 * Combines conditions: at least one of them holds. They are asked in order, up to the first that holds.
 *
 * @throws ConfigurationError `INVALID_HANDLER` without conditions, or for one that is not a function
 * @example
 * ```ts
 * router.onModify(any(changed('status'), changed('total', { to: atLeast(1000) })), async (record) => {});
 * ```
 */
export function any<R>(...conditions: readonly Condition<R>[]): Condition<R> {
  requireConditions('any', conditions);
  return builtIn(
    (record: R) => conditions.some((condition) => holds(condition, record)),
    { kind: 'any', conditions, warnings: conditions.flatMap(warningsOf) },
    (record) => decideEach(conditions, record, true),
  );
}
