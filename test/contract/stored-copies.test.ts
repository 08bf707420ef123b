import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type NumberPolicy, streamRouter } from '../../src/index.ts';
import { canonicalNumber } from '../../src/item/decimal.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { contextOf, eventOf, memoryLogger } from '../fixtures/events.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { runs } from '../fixtures/play.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

type Image = Readonly<Record<string, AttributeValue>>;

/** Copies an image by a router's handler, as users do. */
async function copy(image: Image, numbers: NumberPolicy): Promise<{ written: unknown; error: unknown }> {
  fake.reset();
  const table = tableWriter({ tableName: 'Copy', keys: ['id'], client: new DynamoDBClient(fake.connection) });
  const logger = memoryLogger();
  const router = streamRouter<{ id: string }>({ numbers, logger }).onInsert((record) =>
    table.put({ ...record.newImage }, { record }),
  );
  await router(eventOf({ newImage: { ...image } }), contextOf());
  const { id: _, ...written } =
    (fake.accepted[0]?.raw as { PutRequest?: { Item: Image } })?.PutRequest?.Item ?? {};
  return { written, error: logger.entries.find(({ message }) => message === 'Record failed')?.fields.error };
}

const REFUSED = {
  code: 'SINK_MESSAGE_INVALID',
  message: expect.stringMatching(
    /the attribute n is, or has in it, a whole number beyond 2\^53 - 1.*numbers: 'exact'/,
  ),
};

describe.each<[what: string, value: AttributeValue]>([
  ['2^53', { N: '9007199254740992' }],
  ['2^53 + 1', { N: '9007199254740993' }],
  ['a negative one', { N: '-9007199254740993' }],
  ['38 digits', { N: '12345678901234567890123456789012345678' }],
  ['the largest number', { N: '9.9999999999999999999999999999999999999E+125' }],
  ['the smallest number', { N: '1E-130' }],
  ['a fraction', { N: '120.5' }],
  ['a set of small and large numbers', { NS: ['1', '9007199254740993', '0.5'] }],
  ['a set of large and small numbers', { NS: ['9007199254740993', '1', '0.5'] }],
  [
    'large numbers in a list',
    { L: [{ N: '9007199254740993' }, { M: { a: { NS: ['9007199254740993', '2'] } } }] },
  ],
  [
    'other values',
    { M: { s: { SS: ['a', ''] }, b: { BS: ['AQI='] }, e: { S: '' }, z: { NULL: true }, l: { L: [] } } },
  ],
])('a copy of %s', (_, value) => {
  test.each(['number', 'exact'] as const)('is the same with numbers: %j', async (numbers) => {
    const { written, error } = await copy({ n: value }, numbers);
    expect(error).toBeUndefined();
    expect(canonical(written)).toEqual(canonical({ n: value }));
  });
});

describe.each<[what: string, value: AttributeValue]>([
  ['a fraction beyond 2^53', { N: '9007199254740993.5' }],
  ['a fraction with more digits than a double', { N: '9007199254740993.25' }],
  ['a set with one', { NS: ['1', '9007199254740993.5'] }],
  ['a list with one', { L: [{ N: '90071992547409930.5' }] }],
])('a copy of %s', (_, value) => {
  test('is the same with exact numbers', async () => {
    const { written } = await copy({ n: value }, 'exact');
    expect(canonical(written)).toEqual(canonical({ n: value }));
  });

  test('is refused with rounded ones, by an error that says how to get it', async () => {
    const { written, error } = await copy({ n: value }, 'number');
    expect(written).toEqual({});
    expect(error).toMatchObject(REFUSED);
    expect(String(error)).not.toContain('900719');
  });
});

test('a number of a function of yours is refused, by an error that says how to get it', async () => {
  const { error } = await copy({ n: { N: '1' } }, (text) => new URL(`decimal:${text}`));
  expect(error).toMatchObject({ message: expect.stringContaining("read images with numbers: 'exact'") });
});

test.each([
  ['a set of several types', new Set<unknown>(['a', 1])],
  ['an empty set', new Set()],
  ['a set of maps', new Set([{}])],
  ['NaN', Number.NaN],
  ['an infinity', Number.POSITIVE_INFINITY],
])('%s is refused', async (_, n) => {
  const table = tableWriter({ tableName: 'Copy', keys: ['id'], client: new DynamoDBClient(fake.connection) });
  await expect(table.put({ id: 'a', n }, { detached: true })).rejects.toMatchObject({
    code: 'INVALID_MESSAGE',
    message: expect.stringContaining('has in its attribute n something that DynamoDB cannot hold'),
  });
});

test('a set may mix numbers, bigints and NumberValues, and contain undefined', async () => {
  const table = tableWriter({ tableName: 'Copy', keys: ['id'], client: new DynamoDBClient(fake.connection) });
  const n = new Set([1, 2n, NumberValueImpl.from('0.30000000000000000001'), undefined]);
  await table.put({ id: 'a', n }, { detached: true });
  expect(fake.accepted[0]?.raw).toMatchObject({
    PutRequest: { Item: { n: { NS: ['1', '2', '0.30000000000000000001'] } } },
  });
});

const decimal = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.nat(9), { minLength: 1, maxLength: 38, size: 'max' }),
    fc.integer({ min: -120, max: 80 }),
  )
  .map(([negative, digits, exponent]) => `${negative ? '-' : ''}${digits.join('')}E${exponent}`);
const value = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    decimal.map((N) => ({ N })),
    fc
      .uniqueArray(decimal, { minLength: 1, maxLength: 4, selector: (text) => Number(text) })
      .map((NS) => ({ NS })),
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
  ),
})).value;

test('whatever numbers an image holds: exact copies are the same, others are the nearest doubles or refused', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(value, async (n) => {
      const exact = await copy({ n }, 'exact');
      expect(exact.error).toBeUndefined();
      expect(canonical(exact.written)).toEqual(canonical({ n }));
      const rounded = await copy({ n }, 'number');
      if (rounded.error !== undefined) expect(rounded.error).toMatchObject(REFUSED);
      else expect(doubles(rounded.written)).toEqual(doubles({ n }));
    }),
    runs(60),
  );
});

/** Numbers as one text for each value, sets in order. */
function canonical(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) => {
    if (key === 'N') return canonicalNumber(part as string);
    if (key === 'NS') return (part as string[]).map((text) => canonicalNumber(text)).sort();
    return key === 'SS' ? [...(part as string[])].sort() : part;
  });
}

function doubles(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) => {
    if (key === 'N') return Number(part) + 0;
    return key === 'NS' ? (part as string[]).map((text) => Number(text) + 0).sort() : part;
  });
}
