import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDeadLetter } from '../../src/dead-letter/create-dead-letter.ts';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { type ReplayOptions, replay } from '../../src/replay/index.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { sequenceNumberAt } from '../fixtures/events.ts';

let emulators: Emulators;
let table: EmulatedTable;
let seen: string[];

beforeAll(async () => {
  emulators = await emulatedServers();
  table = await emulatedTable(emulators);
});

afterAll(() => emulators.stop());

let items = 0;
beforeEach(() => {
  seen = [];
  items++;
});

const keysOf = (name: string) => ({ pk: { S: `${name}-${items}` }, sk: { S: 's' } });

/** A letter about a change of an item to these attributes; without: about its removal. */
function letterOf(name: string, index: number, image?: Record<string, AttributeValue>, change: object = {}) {
  const Keys = keysOf(name);
  const record: DynamoDBRecord = {
    eventID: `${index}`,
    eventName: image === undefined ? 'REMOVE' : 'MODIFY',
    eventSource: 'aws:dynamodb',
    eventSourceARN: table.streamArn.replace(/:(dynoxide|ddblocal):/, ':us-east-1:'),
    dynamodb: {
      SequenceNumber: sequenceNumberAt(index),
      Keys,
      ...(image && { NewImage: { ...Keys, ...image } }),
      ...change,
    },
  };
  return createDeadLetter(record, new Error('no'), undefined);
}

/** Puts the current image of an item. */
const put = (name: string, image: Record<string, never> | object) =>
  table.client.send(
    new PutItemCommand({ TableName: table.name, Item: { ...keysOf(name), ...image } as never }),
  );

function run(documents: readonly unknown[], options: Partial<ReplayOptions> = {}) {
  const { endpoint, credentials } = emulators.dynamodb;
  return replay({
    documents,
    newestOnly: true,
    endpoint,
    ...(credentials && { credentials }),
    handler: ({ Records }: DynamoDBStreamEvent) =>
      void seen.push(...Records.map(({ eventID }) => `${eventID}`)),
    ...options,
  } as ReplayOptions);
}

const statusOf = ({ messages }: Awaited<ReturnType<typeof replay>>) => messages.map(({ status }) => status);

describe('a letter about', () => {
  const image = { n: { N: '1' }, tags: { SS: ['a', 'b'] }, bin: { B: 'AQID' }, map: { M: { x: { L: [] } } } };
  const stored = {
    n: { N: '1' },
    tags: { SS: ['b', 'a'] },
    bin: { B: Buffer.from([1, 2, 3]) },
    map: { M: { x: { L: [] } } },
  };

  test.each<[string, Record<string, AttributeValue> | undefined, object | undefined, string]>([
    ['the image that the table has', image, stored, 'replayed'],
    ['another image than the table has', image, { ...stored, n: { N: '2' } }, 'skipped'],
    ['an item that is gone', image, undefined, 'skipped'],
    ['a removal', undefined, undefined, 'replayed'],
    ['a removal of an item that is back', undefined, stored, 'skipped'],
  ])('%s is %4$s', async (_name, was, now, status) => {
    if (now !== undefined) await put('item', now);
    const summary = await run([letterOf('item', 7, was)]);
    expect(statusOf(summary)).toEqual([status]);
    expect(seen).toEqual(status === 'replayed' ? ['7'] : []);
    expect(summary).toMatchObject({ remaining: 0, skipped: status === 'skipped' ? 1 : 0 });
  });

  test.each([
    ['no image', {}],
    ['an image that is null', { NewImage: null }],
  ])('a change with %s is skipped only when the item is gone', async (_name, change) => {
    await put('there', {});
    const summary = await run([
      letterOf('there', 0, {}, { NewImage: undefined, ...change }),
      letterOf('gone', 1, {}, { NewImage: undefined, ...change }),
    ]);
    expect(statusOf(summary)).toEqual(['replayed', 'skipped']);
  });
});

test('of several letters of an item the newest is handled, after one read', async () => {
  await put('a', { n: { N: '3' } });
  const reads: unknown[] = [];
  const tableClient = {
    send: (command: object) => {
      if (command instanceof GetItemCommand) reads.push(command.input.ConsistentRead);
      return table.client.send(command as GetItemCommand);
    },
  };
  const letters = [1, 2, 3].map((n) => letterOf('a', n, { n: { N: `${n}` } }));
  const summary = await run([...letters, letters[0]], { tableClient: tableClient as never });
  expect(statusOf(summary)).toEqual(['skipped', 'skipped', 'replayed', 'skipped']);
  expect(summary).toMatchObject({ records: 1, succeeded: 1, skipped: 2, remaining: 0 });
  expect(seen).toEqual(['3']);
  expect(reads).toEqual([true]);
});

test('a document whose records are skipped in part is done once the others succeeded', async () => {
  await put('a', { n: { N: '2' } });
  const Records = [letterOf('a', 1, { n: { N: '1' } }), letterOf('a', 2, { n: { N: '2' } })].map(
    ({ record }) => record,
  );
  const { messages } = await run([{ DDBStreamBatchInfo: {}, payload: { Records } }]);
  expect(messages).toMatchObject([
    {
      status: 'replayed',
      records: 2,
      skipped: 1,
      detail: 'the table has a newer image for 1 of its 2 records',
    },
  ]);
  expect(seen).toEqual(['2']);
});

test('a client of the caller that reads items in another way works too', async () => {
  const own = { ...keysOf('own'), n: { N: '2' }, bin: { B: new Uint8Array([1]) } };
  const tableClient = { send: async () => ({ Item: own }) } as never;
  const documents = [
    letterOf('own', 0, { n: { N: '1' }, bin: { B: 'AQ==' } }),
    letterOf('own', 1, { n: { N: '2' }, bin: { B: 'AQ==' } }),
  ];
  const summary = await run(documents, { tableClient });
  expect(summary).toMatchObject({ skipped: 1, succeeded: 1, remaining: 0 });
  expect(seen).toEqual(['1']);
});

test('a dry run says what would be skipped', async () => {
  await put('b', {});
  const summary = await run([letterOf('a', 1, {}), letterOf('b', 2, {})], { dryRun: true });
  expect(statusOf(summary)).toEqual(['skipped', 'planned']);
  expect(summary).toMatchObject({ skipped: 1, records: 1, invocations: 0 });
});

test('a letter whose item cannot be read remains, and holds back its item alone', async () => {
  await put('a', {});
  await put('b', {});
  const tableClient = {
    send: (command: GetItemCommand) =>
      command.input.Key?.pk?.S === `a-${items}`
        ? Promise.reject(new Error('throttled'))
        : table.client.send(command),
  };
  const summary = await run([letterOf('a', 1, {}), letterOf('b', 2, {})], {
    tableClient: tableClient as never,
  });
  expect(summary.messages).toMatchObject([
    {
      status: 'remaining',
      reason: 'unreadable',
      detail: 'an item cannot be read from its table: Error: throttled',
    },
    { status: 'replayed' },
  ]);
  expect(seen).toEqual(['2']);
});

test('a signal ends the reads', async () => {
  const stopping = new AbortController();
  let reads = 0;
  const tableClient = {
    send: async () => {
      reads++;
      stopping.abort();
      return {};
    },
  };
  const letters = Array.from({ length: 50 }, (_, index) => letterOf(`${index}`, index, {}));
  await run(letters, { tableClient: tableClient as never, signal: stopping.signal });
  expect(reads).toBeLessThan(11);
  expect(seen).toEqual([]);
});

test('binary keys are looked up as bytes, in a client for the region of each stream', async () => {
  const inputs: unknown[] = [];
  const tableClient = {
    send: async ({ input }: GetItemCommand) => {
      inputs.push(input.Key);
      return {};
    },
  };
  await run([letterOf('a', 1, {}, { Keys: { pk: { B: 'AQID' } } })], { tableClient: tableClient as never });
  expect(inputs).toEqual([{ pk: { B: Buffer.from([1, 2, 3]) } }]);
});

test('a record without a stream, or without valid keys, remains', async () => {
  const { record, ...letter } = letterOf('a', 1, {});
  const { eventSourceARN: _, ...bare } = record;
  const hostile = { ...record, dynamodb: { ...record.dynamodb, Keys: { pk: null } } };
  const { messages } = await run([
    { ...letter, record: bare },
    { ...letter, record: hostile },
  ]);
  expect(messages.map(({ reason }) => reason)).toEqual(['unreadable', 'unreadable']);
});

test('a replay without newestOnly reads no item', async () => {
  await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: keysOf('a') }));
  const summary = await run([letterOf('a', 1, {})], { newestOnly: false });
  expect(summary).toMatchObject({ skipped: 0, succeeded: 1 });
  expect(summary.messages).toMatchObject([{ status: 'replayed', skipped: 0, detail: '' }]);
});
