import { builtIn, decideEach, warningsOf } from './built-in.ts';
import { type Condition, holds } from './condition.ts';
import { requireConditions } from './require-conditions.ts';

/**
 * Combines conditions: all of them hold. They are asked in order, up to the first that does not hold.
 *
 * @throws ConfigurationError `INVALID_HANDLER` without conditions, or for one that is not a function
 * @example
 * ```ts
 * router.onModify(all(changed('status', { to: 'PAID' }), not(changed('total'))), async (record) => {});
 * ```
 */
export function all<R>(...conditions: readonly Condition<R>[]): Condition<R> {
  requireConditions('all', conditions);
  return builtIn(
    (record: R) => conditions.every((condition) => holds(condition, record)),
    { kind: 'all', conditions, warnings: conditions.flatMap(warningsOf) },
    (record) => decideEach(conditions, record, false),
  );
}
