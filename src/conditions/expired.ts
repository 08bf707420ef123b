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
export function expired(record: { readonly eventName: 'REMOVE'; readonly expired: boolean }): boolean {
  return record.expired;
}
