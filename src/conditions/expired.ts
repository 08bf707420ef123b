import { builtIn } from './built-in.ts';

/** The type of {@link expired}: a condition that fits into any combination for `onRemove`. */
export type ExpiredCondition = <R extends { readonly eventName: 'REMOVE'; readonly expired: boolean }>(
  record: R,
) => boolean;

/**
 * A condition for `onRemove`: Time to Live deleted the item, not a user.
 * Only in the Region that deleted it; global table replicas see an ordinary delete.
 *
 * @example
 * ```ts
 * router.onRemove(expired, async ({ oldImage }) => {});
 * ```
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
export const expired: ExpiredCondition = /* @__PURE__ */ builtIn(
  (record: { readonly expired: boolean }) => record.expired,
  { kind: 'expired' },
);
