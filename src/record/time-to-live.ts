/** The identity in a record whose item Time to Live deleted. */
export const TIME_TO_LIVE: { readonly type: string; readonly principalId: string } = {
  type: 'Service',
  principalId: 'dynamodb.amazonaws.com',
};

/** The part of a record that says who deleted its item. */
interface Deletion {
  readonly eventName?: string | undefined;
  readonly userIdentity?: { readonly type?: unknown; readonly principalId?: unknown } | undefined;
}

/**
 * Checks if Time to Live deleted the item, not a user.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
export function isExpired({ eventName, userIdentity }: Deletion): boolean {
  return (
    eventName === 'REMOVE' &&
    userIdentity?.type === TIME_TO_LIVE.type &&
    userIdentity.principalId === TIME_TO_LIVE.principalId
  );
}
