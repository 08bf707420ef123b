import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { BasePersistenceLayer, type IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { describe, expect, test } from 'vitest';
import { LockExpiry } from '../../../src/middleware/idempotency/lock-expiry.ts';
import { LockOwner, watchClient } from '../../../src/middleware/idempotency/lock-owner.ts';
import { unlock } from '../../../src/middleware/idempotency/unlock.ts';
import { recordOf } from '../../fixtures/events.ts';
import { MemoryDynamoDB } from '../../fixtures/memory-dynamodb/memory-dynamodb.ts';

const record = recordOf({});

/** A cache of the user's own making: its delete is the only one there is. */
class Cache extends BasePersistenceLayer {
  readonly deleted: string[] = [];
  protected async _deleteRecord({ idempotencyKey }: IdempotencyRecord): Promise<void> {
    this.deleted.push(idempotencyKey);
  }
  protected async _getRecord(): Promise<IdempotencyRecord> {
    throw new Error('not asked for');
  }
  protected async _putRecord(): Promise<void> {}
  protected async _updateRecord(): Promise<void> {}
}

/** Its delete reads what only the layer itself has. */
class Counting extends DynamoDBPersistenceLayer {
  #deletes = 0;
  get deletes(): number {
    return this.#deletes;
  }
  protected override async _deleteRecord(known: IdempotencyRecord): Promise<void> {
    this.#deletes++;
    await super._deleteRecord(known);
  }
}

function configured<Layer extends BasePersistenceLayer>(layer: Layer): Layer {
  layer.configure({ config: new IdempotencyConfig({ eventKeyJmesPath: 'eventID' }), keyPrefix: 'test' });
  watchClient(layer);
  return layer;
}

/** Takes the lock; gives what removes it. */
async function locked(layer: BasePersistenceLayer, remainingMs = 30_000): Promise<() => Promise<void>> {
  const [expiry, owner] = [new LockExpiry(remainingMs), new LockOwner(layer)];
  await expiry.send((leftMs) => owner.call().run(() => layer.saveInProgress(record as never, leftMs)));
  return () => unlock(layer as never, record, expiry, owner);
}

describe.each([
  ['DynamoDBPersistenceLayer', DynamoDBPersistenceLayer],
  ['a subclass of it', Counting],
])('with %s', (_, Layer) => {
  test.each<[string, object]>([
    [
      'names of its own',
      { keyAttr: 'id', statusAttr: 'state', expiryAttr: 'ttl', inProgressExpiryAttr: 'lock' },
    ],
    ['no names', {}],
  ])(
    'and %s, the own lock is removed, and nothing else, even when the lock has ended',
    async (_names, names) => {
      const store = new MemoryDynamoDB();
      const layer = configured(new Layer({ tableName: 'locks', awsSdkV3Client: store.client(), ...names }));
      const unlockFirst = await locked(layer, -1000);
      const unlockSecond = await locked(layer);
      await unlockFirst();
      expect(store.items.size).toBe(1);
      await unlockSecond();
      expect(store.items.size).toBe(0);
      await unlockSecond();
      const unlockThird = await locked(layer);
      await layer.saveSuccess(record as never, undefined as never);
      await unlockThird();
      expect(store.items.size).toBe(1);
      const deletes = store.log.filter(({ operation }) => operation === 'DeleteItem');
      expect(deletes.map(({ refused }) => refused)).toEqual([true, false, true, true]);
    },
  );
});

test('what DynamoDB fails with comes out', async () => {
  const store = new MemoryDynamoDB();
  const client = store.client({ fault: (operation) => (operation === 'DeleteItem' ? 'deny' : undefined) });
  const layer = configured(new DynamoDBPersistenceLayer({ tableName: 'locks', awsSdkV3Client: client }));
  const remove = await locked(layer);
  await expect(remove()).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
});

test('another store deletes without a condition, so only as long as the lock lasts', async () => {
  const cache = configured(new Cache());
  await (await locked(cache))();
  expect(cache.deleted).toHaveLength(1);
  await (await locked(cache, -1000))();
  expect(cache.deleted).toHaveLength(1);
});
