import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBRecord } from 'aws-lambda';
import type { LockExpiry } from './lock-expiry.ts';
import { errorName } from './store-failure.ts';

/** A DeleteItem command of the AWS SDK. */
interface DeleteCommand {
  readonly input: Record<string, unknown>;
}

/**
 * What a DynamoDBPersistenceLayer is made of. Its types say `private`, and its delete takes no condition: so its own
 * method is called on a copy, whose client adds one. Where a version is made of something else, it has no condition.
 */
interface DynamoDBLayer {
  readonly client: { send(command: DeleteCommand, ...rest: unknown[]): Promise<unknown> };
  readonly statusAttr: string;
  readonly inProgressExpiryAttr: string;
  getHashedIdempotencyKey(data: unknown): string;
  getRecord(data: DynamoDBRecord): Promise<IdempotencyRecord>;
  _deleteRecord(record: { readonly idempotencyKey: string }): Promise<void>;
}

/** So many moments fit into a condition; DynamoDB takes expressions of 4 KB. */
const MAX_MOMENTS = 50;

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
export async function unlock(store: Unlockable, data: DynamoDBRecord, expiry: LockExpiry): Promise<void> {
  if (isDynamoDB(store) && (await deletesOwn(store, data, expiry))) return;
  if (expiry.leftMs() > 0) await store.deleteRecord(data);
}

/** Whether {@link unlock} removes this lock or nothing, whatever the store holds by now. */
export function unlocksSafely(store: Unlockable): boolean {
  return isDynamoDB(store);
}

/** False when the layer is a subclass whose delete does not work on a copy: then nothing was sent. */
async function deletesOwn(layer: DynamoDBLayer, data: DynamoDBRecord, expiry: LockExpiry): Promise<boolean> {
  const { client, statusAttr, inProgressExpiryAttr } = layer;
  const moments = expiry.moments(MAX_MOMENTS) ?? (await momentOf(layer, data, expiry));
  if (moments.length === 0) return true;
  // Not BETWEEN: a lock of another sandbox may end in between.
  const condition = {
    ConditionExpression: `#status = :inProgress AND (${moments.map((_, index) => `#expiry = :e${index}`).join(' OR ')})`,
    ExpressionAttributeNames: { '#status': statusAttr, '#expiry': inProgressExpiryAttr },
    ExpressionAttributeValues: {
      ':inProgress': { S: 'INPROGRESS' },
      ...Object.fromEntries(moments.map((moment, index) => [`:e${index}`, { N: `${moment}` }])),
    },
  };
  let sent = false;
  const send = (command: DeleteCommand, ...rest: unknown[]): Promise<unknown> => {
    sent = true;
    Object.assign(command.input, condition);
    return client.send(command, ...rest);
  };
  const copy: DynamoDBLayer = Object.create(layer, { client: { value: { send } } });
  try {
    await copy._deleteRecord({ idempotencyKey: layer.getHashedIdempotencyKey(data) });
  } catch (error) {
    if (!sent && error instanceof TypeError) return false;
    // The lock is gone, or it is another sandbox's.
    if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
  }
  return true;
}

/** The moment that the store has, where the lock is this one: a layer or a clock that was slow leaves too many to name. */
async function momentOf(
  layer: DynamoDBLayer,
  data: DynamoDBRecord,
  expiry: LockExpiry,
): Promise<readonly number[]> {
  try {
    const { inProgressExpiryTimestamp: moment } = await layer.getRecord(data);
    return moment !== undefined && expiry.isOwn(moment) ? [moment] : [];
  } catch (error) {
    if (errorName(error) !== 'IdempotencyItemNotFoundError') throw error;
    return [];
  }
}

function isDynamoDB(store: object): store is DynamoDBLayer & Unlockable {
  const { client, statusAttr, inProgressExpiryAttr, _deleteRecord } = store as Partial<DynamoDBLayer>;
  return (
    typeof client?.send === 'function' &&
    typeof statusAttr === 'string' &&
    typeof inProgressExpiryAttr === 'string' &&
    typeof _deleteRecord === 'function'
  );
}
