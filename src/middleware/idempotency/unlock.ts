import type { DynamoDBRecord } from 'aws-lambda';
import type { LockExpiry } from './lock-expiry.ts';
import type { LockOwner } from './lock-owner.ts';

interface Unlockable {
  deleteRecord(data: DynamoDBRecord): Promise<void>;
}

/**
 * Removes a record's lock from the store, so that the record can be handled again at once.
 *
 * A delete may arrive late, from a sandbox that was frozen: by then the lock has ended, and another sandbox may have
 * handled the record and noted it as done. In DynamoDB the delete has a condition, so it removes this lock or nothing.
 * For other stores it is left out once the lock has ended.
 */
export async function unlock(
  store: Unlockable,
  data: DynamoDBRecord,
  expiry: LockExpiry,
  owner: LockOwner,
): Promise<void> {
  if (owner.sent) return owner.delete(() => store.deleteRecord(data));
  if (expiry.leftMs() > 0) await store.deleteRecord(data);
}
