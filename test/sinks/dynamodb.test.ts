import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { itemSize } from '../../src/item/item-size.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { upTo } from './sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

const writer = (client = new DynamoDBClient(fake.connection)) =>
  tableWriter({ tableName: 'Totals', keys: ['pk', 'sk'], client });
const written = (): unknown[] => fake.accepted.map(({ raw }) => raw);

test('puts and deletes travel together', async () => {
  const table = writer();
  expect(table.send).toBe(table.put);
  await Promise.all([
    table.put({ pk: 'a', sk: 1, note: undefined, tags: new Set(['x']) }, { detached: true }),
    table.delete({ pk: 'b', sk: 1 }, { detached: true }),
  ]);
  expect(fake.requests).toHaveLength(1);
  expect(written()).toEqual([
    { PutRequest: { Item: { pk: { S: 'a' }, sk: { N: '1' }, tags: { SS: ['x'] } } } },
    { DeleteRequest: { Key: { pk: { S: 'b' }, sk: { N: '1' } } } },
  ]);
});

test('a request has one write for each key, in the order of the calls', async () => {
  const table = writer();
  await Promise.all([
    table.put({ pk: 'a', sk: 1, n: 1 }, { detached: true }),
    table.put({ sk: 1, pk: 'a', n: 2 }, { detached: true }),
    table.delete({ pk: 'a', sk: 1 }, { detached: true }),
    table.put({ pk: 'a', sk: 2 }, { detached: true }),
  ]);
  expect(fake.requests.map(({ entries }) => entries.length)).toEqual([2, 1, 1]);
  expect(written().at(-1)).toHaveProperty('DeleteRequest');
});

test('binary keys are distinguished', async () => {
  const table = writer();
  const put = (byte: number) =>
    table.put({ pk: new Uint8Array([byte]), sk: new Uint8Array([byte]) }, { detached: true });
  await Promise.all([put(1), put(2), put(1)]);
  expect(fake.requests.map(({ entries }) => entries.length)).toEqual([2, 1]);
});

test('no request has more than 16 MB on the wire, where an item is larger than in the table', {
  timeout: 30_000,
}, async () => {
  const table = writer();
  // 130,000 times null: 260 KB for the table, 1.8 MB in JSON.
  const nulls = new Array(130_000).fill(null);
  await Promise.all(upTo(10).map((sk) => table.put({ pk: 'a', sk, nulls }, { detached: true })));
  expect(fake.accepted).toHaveLength(10);
  expect(fake.requests).toHaveLength(2);
});

test('when unprocessed items cannot be identified, all items are written again', async () => {
  let calls = 0;
  const client = {
    send: async () =>
      ++calls === 1
        ? { UnprocessedItems: { Totals: [{ PutRequest: { Item: { pk: { S: 'other' }, sk: { N: '0' } } } }] } }
        : calls === 2
          ? { UnprocessedItems: { Totals: [{}] } }
          : { UnprocessedItems: {} },
  } as unknown as DynamoDBClient;
  await Promise.all(upTo(3).map((sk) => writer(client).put({ pk: 'a', sk }, { detached: true })));
  expect(calls).toBeGreaterThan(3);
});

test('an answer without UnprocessedItems proves nothing: its items are written again', async () => {
  let calls = 0;
  const client = { send: async () => (++calls === 1 ? {} : { UnprocessedItems: {} }) };
  await writer(client as unknown as DynamoDBClient).put({ pk: 'a', sk: 1 }, { detached: true });
  expect(calls).toBe(2);
});

const circular: Record<string, unknown> = { pk: 'a', sk: 1, at: new Date() };
circular.self = circular;

test.each([
  ['text', 'item', 'has to be an object'],
  ['a list', [], 'has to be an object'],
  ['null', null, 'has to be an object'],
  ['an item of a class', new Date(), 'is something that DynamoDB cannot hold'],
  ['a date for an attribute', { pk: 'a', sk: 1, at: new Date() }, 'DynamoDB cannot hold'],
  ['a circle', circular, 'DynamoDB cannot hold'],
])('refuses %s', async (_, item, reason) => {
  await expect(writer().send(item, { detached: true })).rejects.toMatchObject({
    code: 'INVALID_MESSAGE',
    owner: 'tableWriter',
    message: expect.stringContaining(reason),
  });
  expect(fake.requests).toEqual([]);
});

test.each([
  ['a date', { pk: 'a', sk: 1, at: new Date('2031-05-05') }, 'at', '2031'],
  ['a number too large', { pk: 'a', sk: 1, total: 2 ** 60 }, 'total', '1152921504606847000'],
  ['an object of a class', { pk: 'a', sk: 1, site: new URL('http://secret.example') }, 'site', 'secret'],
])(
  'names the attribute that is %s, and shows nothing of it, not even to a log',
  async (_, item, name, secret) => {
    const error: unknown = await writer()
      .put(item, { detached: true })
      .catch((error) => error);
    expect(error).toMatchObject({ message: expect.stringContaining(`attribute ${name} `) });
    expect(inspect(error, { depth: 10 })).not.toContain(secret);
  },
);

test('an item without a key attribute shows that keys is wrong, also after an item that has it was accepted', async () => {
  const table = writer();
  const refused = {
    name: 'ConfigurationError',
    code: 'KEYS_MISMATCH',
    owner: 'tableWriter',
    message: expect.stringContaining('a message to Totals has no attribute sk, which keys names'),
  };
  await expect(table.put({ pk: 'a' }, { detached: true })).rejects.toMatchObject(refused);
  await table.put({ pk: 'a', sk: 1 }, { detached: true });
  await expect(table.put({ pk: 'a' }, { detached: true })).rejects.toMatchObject(refused);
  expect(fake.requests).toHaveLength(1);
});

test('keys that are one number in two spellings go one after the other', async () => {
  const table = writer();
  await Promise.all([
    table.put({ pk: 'a', sk: 1, n: 1 }, { detached: true }),
    table.put({ pk: 'a', sk: NumberValueImpl.from('1.0'), n: 2 }, { detached: true }),
  ]);
  expect(fake.requests.map(({ entries }) => entries.length)).toEqual([1, 1]);
});

test('a key that DynamoDB refuses fails its write alone', async () => {
  const table = writer();
  const results = await Promise.allSettled([
    table.put({ pk: 'a', sk: 1 }, { detached: true }),
    table.put({ pk: 'invalid', sk: 1 }, { detached: true }),
    table.put({ pk: 'b', sk: 1 }, { detached: true }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({
    reason: {
      code: 'SINK_ENTRY_REFUSED',
      message: expect.stringContaining('ValidationException'),
      cause: expect.any(Error),
    },
  });
});

describe('the size of an item', () => {
  test.each([
    ['text', { größe: 'ü' }, 7 + 2],
    ['numbers', { n: 12345 }, 1 + 4],
    ['small numbers', { n: 0.00012 }, 1 + 2],
    ['negative numbers', { n: -12 }, 1 + 3],
    ['exact numbers', { n: NumberValueImpl.from('1.0987654321098765432') }, 1 + 11],
    ['bytes', { b: new Uint8Array(10) }, 1 + 10],
    ['true and null', { t: true, n: null }, 2 + 2],
    [
      'sets',
      { s: new Set(['ab', 'c']), n: new Set([1, 22]), b: new Set([new Uint8Array(3)]) },
      3 + 3 + 4 + 3,
    ],
    ['lists', { l: ['ab', 1] }, 1 + 3 + 2 + 2 + 2],
    ['maps', { m: { a: 'b' } }, 1 + 3 + 1 + 2],
  ])('is that of DynamoDB: %s', (_, item, bytes) => {
    expect(itemSize(marshall(item))).toBe(bytes);
  });
});

describe('what DynamoDB says of the key schema', () => {
  const schema = 'The provided key element does not match the schema';
  const duplicates = 'Provided list of item keys contains duplicates';
  const refused = {
    code: 'SINK_REQUEST_FAILED',
    retryable: false,
    message: expect.stringContaining('Compare keys'),
  };

  test('fails that item as a mistake of the configuration, and writes the others', async () => {
    fake.fault = ({ entries }) =>
      entries.some(({ text }) => text.includes('other'))
        ? { code: 'ValidationException', senderFault: true, message: schema }
        : undefined;
    const table = writer();
    const results = await Promise.allSettled(
      ['a', 'b', 'other', 'c'].map((pk) => table.put({ pk, sk: 1 }, { detached: true })),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results[2]).toMatchObject({ reason: refused });
  });

  test('of two items with one key fails both, as their order would be lost', async () => {
    fake.fault = ({ entries }) =>
      entries.length > 1
        ? { code: 'ValidationException', senderFault: true, message: duplicates }
        : undefined;
    const table = writer();
    const results = await Promise.allSettled(
      [1, 2].map((sk) => table.put({ pk: 'a', sk }, { detached: true })),
    );
    expect(results).toMatchObject([{ reason: refused }, { reason: refused }]);
    expect(fake.requests).toHaveLength(1);
  });

  test.each([schema, duplicates])('is documented: %s', (words) => {
    expect(readFileSync('docs/sink-errors.md', 'utf8')).toContain(words);
  });
});
