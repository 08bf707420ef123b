import type { Condition } from './condition.ts';

/**
 * Turns a condition round.
 *
 * @example
 * ```ts
 * router.onRemove(not(expired), async ({ oldImage }) => {});
 * ```
 */
export function not<R>(condition: Condition<R>): Condition<R> {
  return (record) => !condition(record);
}
