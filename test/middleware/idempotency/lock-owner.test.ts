import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { LockOwner, type StoreCall, watchClient } from '../../../src/middleware/idempotency/lock-owner.ts';
import { recordOf } from '../../fixtures/events.ts';
import { MemoryDynamoDB } from '../../fixtures/memory-dynamodb/memory-dynamodb.ts';

const record = recordOf({}) as never;

function setUp(Layer = DynamoDBPersistenceLayer) {
  const store = new MemoryDynamoDB();
  const client = store.client();
  const layer = new Layer({ tableName: 'locks', awsSdkV3Client: client });
  layer.configure({ config: new IdempotencyConfig({ eventKeyJmesPath: 'eventID' }), keyPrefix: 'test' });
  watchClient(layer);
  return { store, client, layer };
}

/** Puts with whatever end, and tells whose lock the store has. */
async function put(owner: LockOwner, layer: DynamoDBPersistenceLayer): Promise<boolean | undefined> {
  const call: StoreCall = owner.call();
  await call.run(() => layer.saveInProgress(record, 30_000)).catch(() => {});
  return call.isOwn;
}

test('an owner knows its lock, and no other one, by what a put or a get meets', async () => {
  const { store, layer } = setUp();
  const [own, other] = [new LockOwner(layer), new LockOwner(layer)];
  expect([own.sent, await put(own, layer), own.sent]).toEqual([false, undefined, true]);
  expect([await put(own, layer), await put(other, layer)]).toEqual([true, false]);
  const asked = [own.call(), other.call()];
  for (const call of asked) await call.run(() => layer.getRecord(record));
  expect(asked.map(({ isOwn }) => isOwn)).toEqual([true, false]);
  expect([...store.items.values()]).toMatchObject([
    { lock_owner: { S: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
  ]);
});

test('a lock without an owner, which Powertools took, is that of another', async () => {
  const { layer } = setUp();
  await layer.saveInProgress(record, 30_000);
  expect(await put(new LockOwner(layer), layer)).toBe(false);
});

test('a client that several layers share is watched once, and its other commands stay as they are', async () => {
  const { store, client, layer } = setUp();
  watchClient(layer);
  let noted: unknown;
  class Noting extends DynamoDBPersistenceLayer {
    protected override async _putRecord(known: IdempotencyRecord): Promise<void> {
      await client.send(new PutItemCommand({ TableName: 'locks', Item: { id: { S: 'note' } } }));
      noted = store.items.get('note');
      await super._putRecord(known);
    }
  }
  const second = new Noting({ tableName: 'locks', awsSdkV3Client: client });
  second.configure({ config: new IdempotencyConfig({ eventKeyJmesPath: 'eventID' }), keyPrefix: 'other' });
  watchClient(second);
  const owner = new LockOwner(second);
  await put(owner, second);
  expect(noted).toEqual({ id: { S: 'note' } });
  expect(await put(owner, second)).toBe(true);
  expect(client.middlewareStack.identify().filter((name) => /anonymous/i.test(name))).toHaveLength(1);
});

test.each<[string, object]>([
  ['no client', {}],
  ['a client without middleware', { client: { send() {} } }],
  ['other attributes', { client: { middlewareStack: { add: () => expect.unreachable() } } }],
  [
    'a part of the attributes',
    { statusAttr: 'status', client: { middlewareStack: { add: () => expect.unreachable() } } },
  ],
])('a layer with %s has no owners', async (_, layer) => {
  watchClient(layer);
  const owner = new LockOwner(layer);
  const call = owner.call();
  await call.run(async () => {});
  expect([owner.sent, call.isOwn]).toEqual([false, undefined]);
});
