import { builtIn } from './built-in.ts';
import type { Condition } from './condition.ts';

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
export const expired: Condition<{ readonly eventName: 'REMOVE'; readonly expired: boolean }> =
  /* @__PURE__ */ builtIn((record) => record.expired, { kind: 'expired' });
