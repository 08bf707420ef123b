import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { BasePersistenceLayer, type IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LockExpiry } from '../../../src/middleware/idempotency/lock-expiry.ts';
import { unlock, unlocksSafely } from '../../../src/middleware/idempotency/unlock.ts';
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

/** Its delete reads what a copy does not have. */
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

/** Its delete calls Powertools' own. */
class Logging extends DynamoDBPersistenceLayer {
  protected override async _deleteRecord(known: IdempotencyRecord): Promise<void> {
    await super._deleteRecord(known);
  }
}

function configured<Layer extends BasePersistenceLayer>(layer: Layer): Layer {
  layer.configure({ config: new IdempotencyConfig({ eventKeyJmesPath: 'eventID' }), keyPrefix: 'test' });
  return layer;
}

async function locked(layer: BasePersistenceLayer, remainingMs = 30_000): Promise<LockExpiry> {
  const expiry = new LockExpiry(remainingMs);
  await expiry.send((leftMs) => layer.saveInProgress(record as never, leftMs));
  return expiry;
}

describe.each([
  ['DynamoDBPersistenceLayer', DynamoDBPersistenceLayer],
  ['a subclass of it', Logging],
])('with %s', (_, Layer) => {
  test.each<[string, object]>([
    [
      'names of its own',
      { keyAttr: 'id', statusAttr: 'state', expiryAttr: 'ttl', inProgressExpiryAttr: 'lock' },
    ],
    ['no names', {}],
  ])('and %s, the own lock is removed, and nothing else', async (_names, names) => {
    const store = new MemoryDynamoDB();
    const layer = configured(new Layer({ tableName: 'locks', awsSdkV3Client: store.client(), ...names }));
    expect(unlocksSafely(layer as never)).toBe(true);
    const expiry = await locked(layer);
    await unlock(layer as never, record, new LockExpiry(30_000));
    expect(store.items.size).toBe(1);
    await unlock(layer as never, record, expiry);
    expect(store.items.size).toBe(0);
    await unlock(layer as never, record, expiry);
    await locked(layer);
    await layer.saveSuccess(record as never, undefined as never);
    await unlock(layer as never, record, expiry);
    expect(store.items.size).toBe(1);
    const deletes = store.log.filter(({ operation }) => operation === 'DeleteItem');
    // How many are tried depends on how long the lock took: after a slow one the store is asked before.
    expect(deletes.filter(({ refused }) => !refused)).toHaveLength(1);
  });
});

test('what DynamoDB fails with comes out', async () => {
  const store = new MemoryDynamoDB();
  const client = store.client({ fault: (operation) => (operation === 'DeleteItem' ? 'deny' : undefined) });
  const layer = configured(new DynamoDBPersistenceLayer({ tableName: 'locks', awsSdkV3Client: client }));
  const expiry = await locked(layer);
  await expect(unlock(layer as never, record, expiry)).rejects.toThrow(
    expect.objectContaining({ name: 'AccessDeniedException' }),
  );
});

test('a subclass whose delete works on itself alone is called as it is, as long as the lock lasts', async () => {
  const store = new MemoryDynamoDB();
  const layer = configured(new Counting({ tableName: 'locks', awsSdkV3Client: store.client() }));
  await unlock(layer as never, record, await locked(layer));
  expect([layer.deletes, store.items.size]).toEqual([1, 0]);
  await unlock(layer as never, record, new LockExpiry(-1000));
  expect(layer.deletes).toBe(1);
});

test('another store deletes without a condition, so only as long as the lock lasts', async () => {
  const cache = configured(new Cache());
  expect(unlocksSafely(cache as never)).toBe(false);
  await unlock(cache as never, record, await locked(cache));
  expect(cache.deleted).toHaveLength(1);
  await unlock(cache as never, record, new LockExpiry(-1000));
  expect(cache.deleted).toHaveLength(1);
});

describe('after a put that took long, so that its lock may end at many moments', () => {
  afterEach(() => void vi.useRealTimers());

  /** Its put is sent, and the store's answer comes after some seconds; the lock ends later by as much as the layer waited. */
  async function slowlyLocked(
    layer: BasePersistenceLayer,
    waitsMs: number,
    take = true,
  ): Promise<LockExpiry> {
    vi.useFakeTimers({ toFake: ['Date'] });
    const expiry = new LockExpiry(30_000);
    await expiry.send(async (leftMs) => {
      vi.setSystemTime(Date.now() + waitsMs);
      if (take) await layer.saveInProgress(record as never, leftMs);
      vi.setSystemTime(Date.now() + 5000);
    });
    return expiry;
  }

  test('the own lock is removed', async () => {
    const store = new MemoryDynamoDB();
    const layer = configured(
      new DynamoDBPersistenceLayer({ tableName: 'locks', awsSdkV3Client: store.client() }),
    );
    const expiry = await slowlyLocked(layer, 1200);
    await unlock(layer as never, record, expiry);
    expect(store.items.size).toBe(0);
    await unlock(layer as never, record, expiry);
  });

  test('what the store fails with comes out', async () => {
    const store = new MemoryDynamoDB();
    const client = store.client({ fault: (operation) => (operation === 'GetItem' ? 'deny' : undefined) });
    const layer = configured(new DynamoDBPersistenceLayer({ tableName: 'locks', awsSdkV3Client: client }));
    const expiry = await slowlyLocked(layer, 0, false);
    await expect(unlock(layer as never, record, expiry)).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDeniedException' }),
    );
  });

  test('the lock of another sandbox is not, though it ends between these moments', async () => {
    const store = new MemoryDynamoDB();
    const layer = configured(
      new DynamoDBPersistenceLayer({ tableName: 'locks', awsSdkV3Client: store.client() }),
    );
    const expiry = await slowlyLocked(layer, 0, false);
    await locked(layer, 28_000);
    await unlock(layer as never, record, expiry);
    expect(store.items.size).toBe(1);
    expect(store.log.some(({ operation }) => operation === 'DeleteItem')).toBe(false);
  });
});
