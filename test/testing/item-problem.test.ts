import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { testStream } from '../../src/testing/index.ts';
import { itemProblem } from '../../src/testing/item-problem.ts';
import { emulatedServers } from '../fixtures/emulated.ts';

const stream = testStream({ keys: ['pk', 'sk'] });
const KEYS = { pk: 'a', sk: 'b' };
const number = (text: string) => NumberValueImpl.from(text);

/** A text with so many maps, or lists, around it. */
const nested = (levels: number, around: (inner: unknown) => unknown): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => around(inner), 'x');
const inMap = (inner: unknown) => ({ a: inner });
const inList = (inner: unknown) => [inner];

/** An item of exactly so many bytes: `pk`, `sk` and their values take 6, `v` takes 1. */
const ofBytes = (bytes: number) => ({ ...KEYS, v: 'x'.repeat(bytes - 7) });

test.each<[string, object, string]>([
  ['an empty partition key', { pk: '', sk: 'b' }, 'has an empty key attribute pk. Expected at least 1 byte'],
  ['an empty sort key', { pk: 'a', sk: new Uint8Array() }, 'has an empty key attribute sk'],
  ['no sort key', { pk: 'a' }, 'has nothing as the key attribute sk. Expected a string, a number or binary'],
  ['a key of another type', { pk: true, sk: 'b' }, 'has BOOL as the key attribute pk'],
  [
    'a partition key over 2,048 bytes',
    { pk: 'é'.repeat(1025), sk: 'b' },
    'has 2050 bytes in the key attribute pk. Expected at most 2048',
  ],
  [
    'a sort key over 1,024 bytes',
    { pk: 'a', sk: new Uint8Array(1025) },
    'has 1025 bytes in the key attribute sk. Expected at most 1024',
  ],
  ['an item over 400 KB', ofBytes(409_601), 'has 409601 bytes. Expected at most 409600 (400 KB)'],
  ['33 levels of maps', { ...KEYS, v: nested(32, inMap) }, 'nests deeper than 32 levels at v.a.a'],
  ['33 levels of lists', { ...KEYS, v: nested(32, inList) }, 'nests deeper than 32 levels at v[0][0]'],
  ['3,000 levels', { ...KEYS, v: nested(3000, inMap) }, 'nests deeper than 32 levels at v.a.a'],
  [
    '39 significant digits',
    { ...KEYS, v: [number('1'.repeat(39))] },
    'has at v[0] a number of 39 significant digits. Expected at most 38',
  ],
  [
    '39 digits with a point',
    { ...KEYS, v: number(`0.${'1'.repeat(39)}`) },
    'has at v a number of 39 significant digits',
  ],
  ['39 digits as a bigint', { ...KEYS, v: 10n ** 38n + 1n }, 'has at v a number of 39 significant digits'],
  [
    '39 digits in a set',
    { ...KEYS, v: new Set([10n ** 38n + 1n]) },
    'has at v a number of 39 significant digits',
  ],
  ['39 digits as a key', { pk: 10n ** 38n + 1n, sk: 'b' }, 'has at pk a number of 39 significant digits'],
  [
    'a number that is too large',
    { ...KEYS, v: number('1e126') },
    'has at v a number outside 1E-130 to 9.99...E+125',
  ],
  ['a number that is too far below zero', { ...KEYS, v: number('-1e126') }, 'has at v a number outside'],
  ['a number that is too small', { ...KEYS, v: { w: number('1e-131') } }, 'has at v.w a number outside'],
  [
    'text in place of a number',
    { ...KEYS, v: number('twelve') },
    'has at v a number that is not a decimal number',
  ],
  ['an attribute without a name', { ...KEYS, '': 1 }, 'has an attribute without a name.'],
  ['one in a map', { ...KEYS, v: { '': 1 } }, 'has an attribute without a name in v.'],
  [
    'a name of 64 KB',
    { ...KEYS, ['n'.repeat(65_536)]: 1 },
    'has an attribute with a name of 65536 bytes. Expected at most 65535',
  ],
  ['an empty set', { ...KEYS, v: new Set() }, 'has an empty set at v'],
  ['an empty set in a list', { ...KEYS, v: [{ w: new Set() }] }, 'has an empty set at v[0].w'],
  ['a set of text and numbers', { ...KEYS, v: new Set(['a', 1]) }, 'has at v a set of more than one type'],
  ['a set with undefined', { ...KEYS, v: new Set(['a', undefined]) }, 'has at v a set of more than one type'],
  [
    'a set of undefined',
    { ...KEYS, v: new Set([undefined]) },
    'has at v a set of something else than text, numbers or binary',
  ],
  ['a set of maps', { ...KEYS, v: new Set([{}]) }, 'has at v a set of something else than text'],
  ['a set of null', { ...KEYS, v: new Set([null]) }, 'has at v a set of something else than text'],
  [
    'a set with one number twice',
    { ...KEYS, v: new Set([1, 1n]) },
    'has at v a set with the same element twice',
  ],
  [
    'a set with one number in two forms',
    { ...KEYS, v: new Set([number('1.0'), number('1')]) },
    'has at v a set with the same element twice',
  ],
  [
    'a set with the same bytes twice',
    { ...KEYS, v: new Set([new Uint8Array([1]), new Uint8Array([1])]) },
    'has at v a set with the same element twice',
  ],
  ['undefined in a list', { ...KEYS, v: [1, undefined] }, 'has undefined at v[1], in a list'],
  [
    'undefined in a list in a map',
    { ...KEYS, v: { w: [[undefined]] } },
    'has undefined at v.w[0][0], in a list',
  ],
  ['a function in a list', { ...KEYS, v: [() => {}] }, 'has function at v[0], in a list'],
  ['a place of a list without anything', { ...KEYS, v: new Array(2) }, 'has undefined at v[0], in a list'],
  ['NaN', { ...KEYS, v: Number.NaN }, 'has an attribute that DynamoDB cannot hold'],
  ['NaN in a set', { ...KEYS, v: new Set([Number.NaN]) }, 'has an attribute that DynamoDB cannot hold'],
  ['Infinity', { ...KEYS, v: [Number.NEGATIVE_INFINITY] }, 'has an attribute that DynamoDB cannot hold'],
])('%s is refused, as DynamoDB does, and says why', (_name, item, problem) => {
  for (const change of [
    () => stream.insert(item),
    () => stream.modify(KEYS, item),
    () => stream.modify(item, KEYS),
    () => stream.remove(item),
    () => stream.expire(item),
  ]) {
    expect(change).toThrow(
      expect.objectContaining({
        code: 'INVALID_ITEM',
        message: expect.stringMatching(/^(?:insert|modify|remove|expire): the item (?:has|nests) .+\.$/s),
      }),
    );
    expect(change).toThrow(problem);
  }
});

const ACCEPTED: readonly [string, object][] = [
  ['keys of 2,048 and 1,024 bytes', { pk: 'x'.repeat(2048), sk: 'é'.repeat(512) }],
  ['numbers as keys', { pk: 0, sk: 1.5 }],
  ['binary keys', { pk: new Uint8Array([0]), sk: new Uint8Array(1024) }],
  ['an item of 400 KB', ofBytes(409_600)],
  ['32 levels of maps', { ...KEYS, v: nested(31, inMap) }],
  ['32 levels of lists', { ...KEYS, v: nested(31, inList) }],
  ['38 digits', { ...KEYS, v: number('1'.repeat(38)), w: -(10n ** 37n) }],
  ['zeros that are no significant digits', { ...KEYS, v: number(`${'1'.repeat(38)}${'0'.repeat(20)}`) }],
  ['the largest number', { ...KEYS, v: number(`9.${'9'.repeat(37)}e125`) }],
  ['the smallest numbers', { ...KEYS, v: number('1e-130'), w: number('-1e-130'), x: 0 }],
  ['empty text and binary', { ...KEYS, v: '', w: new Uint8Array() }],
  ['empty text in a set', { ...KEYS, v: new Set(['']) }],
  ['an empty list and an empty map', { ...KEYS, v: [], w: {} }],
  [
    'sets of each type',
    { ...KEYS, v: new Set(['a', 'b']), w: new Set([1, 2n]), x: new Set([new Uint8Array([1])]) },
  ],
  ['null in a list', { ...KEYS, v: [null, false] }],
];

test.each(ACCEPTED)('%s is taken', (_name, item) => {
  expect(() => stream.insert(item)).not.toThrow();
});

test('undefined attributes are left out, as the document client can be told to', () => {
  expect(stream.insert({ ...KEYS, v: undefined, w: { x: undefined } }).dynamodb.NewImage).toEqual({
    pk: { S: 'a' },
    sk: { S: 'b' },
    w: { M: {} },
  });
});

describe('a server that has the same limits', () => {
  let emulators: Emulators;
  let client: DynamoDBClient;

  beforeAll(async () => {
    emulators = await emulatedServers();
    client = new DynamoDBClient(emulators.dynamodb);
    await client.send(
      new CreateTableCommand({
        TableName: 'Limits',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });

  afterAll(() => emulators.stop());

  const mapped = (levels: number): AttributeValue =>
    Array.from({ length: levels }).reduce<AttributeValue>((inner) => ({ M: { a: inner } }), { S: 'x' });

  test.each<[string, Record<string, AttributeValue>]>([
    ['31 maps around a text', { v: mapped(31) }],
    ['32 maps around a text', { v: mapped(32) }],
    ['38 digits', { v: { N: '1'.repeat(38) } }],
    ['39 digits', { v: { N: '1'.repeat(39) } }],
    ['39 digits with zeros', { v: { N: `${'1'.repeat(38)}0` } }],
    ['1e125', { v: { N: '1e125' } }],
    ['1e126', { v: { N: '1e126' } }],
    ['1e-130', { v: { N: '1e-130' } }],
    ['1e-131', { v: { N: '1e-131' } }],
    ['a number twice', { v: { NS: ['1', '1.0'] } }],
    ['a text twice', { v: { SS: ['a', 'a'] } }],
    ['an empty text in a set', { v: { SS: [''] } }],
    ['a key of 2,048 bytes', { pk: { S: 'x'.repeat(2048) } }],
    ['a key of 2,049 bytes', { pk: { S: 'x'.repeat(2049) } }],
    ['an empty key', { pk: { S: '' } }],
    ['400 KB', { v: { S: 'x'.repeat(409_600 - 4) } }],
    ['400 KB and a byte', { v: { S: 'x'.repeat(409_600 - 3) } }],
  ])('says the same of %s', async (_name, attributes) => {
    const item = { pk: { S: 'a' }, ...attributes };
    const isRefused = await client
      .send(new PutItemCommand({ TableName: 'Limits', Item: item as never }))
      .then(
        () => false,
        () => true,
      );
    expect(itemProblem(item, ['pk']) !== undefined).toBe(isRefused);
  });
});
