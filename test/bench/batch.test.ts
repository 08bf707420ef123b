import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { batchText, FULL_BATCH } from '../../bench/data/batch.ts';
import type { Profile } from '../../bench/data/items.ts';
import { lanesOf } from '../../bench/data/lanes.ts';

const parse = (text: string): DynamoDBStreamEvent['Records'] => JSON.parse(text).Records;

test.each([
  ['small', 640, 690],
  ['large', 1_800, 2_000],
] as const)('a full %s batch has 10,000 records of %i to %i bytes of JSON', (profile, least, most) => {
  const text = batchText({ profile, ...FULL_BATCH });
  const records = parse(text);
  expect(records).toHaveLength(10_000);
  expect(text.length / records.length).toBeGreaterThan(least);
  expect(text.length / records.length).toBeLessThan(most);
});

test('the same sketch gives the same text, another seed another one', () => {
  const sketch = { profile: 'large' as Profile, records: 200, items: 40, seed: 7 };
  expect(batchText(sketch)).toBe(batchText(sketch));
  expect(batchText(sketch)).not.toBe(batchText({ ...sketch, seed: 8 }));
});

test('items live: an INSERT first, then MODIFYs with the image before, a REMOVE at the end', () => {
  const records = parse(batchText({ profile: 'small', records: 2_000, items: 100, seed: 1 }));
  const states = new Map<string, unknown>();
  for (const { eventName, dynamodb } of records) {
    const item = JSON.stringify(dynamodb?.Keys);
    expect(eventName === 'INSERT').toBe(!states.has(item));
    expect(dynamodb?.OldImage).toEqual(states.get(item));
    expect(dynamodb?.NewImage === undefined).toBe(eventName === 'REMOVE');
    if (dynamodb?.NewImage === undefined) states.delete(item);
    else states.set(item, dynamodb.NewImage);
  }
  expect(new Set(records.map(({ eventName }) => eventName))).toEqual(new Set(['INSERT', 'MODIFY', 'REMOVE']));
});

test('sequence numbers ascend and have one length', () => {
  const numbers = parse(batchText({ profile: 'small', ...FULL_BATCH })).map(
    ({ dynamodb }) => dynamodb?.SequenceNumber ?? '',
  );
  expect(new Set(numbers.map(({ length }) => length))).toEqual(new Set([21]));
  expect([...numbers].sort()).toEqual(numbers);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('large records nest maps, lists of maps, sets and numbers', () => {
  const [{ dynamodb } = {}] = parse(batchText({ profile: 'large', records: 1, items: 1, seed: 1 }));
  expect(dynamodb?.NewImage).toMatchObject({
    total: { N: expect.stringMatching(/^\d/) },
    address: { M: { geo: { M: { lat: { N: expect.any(String) } } } } },
    lines: {
      L: expect.arrayContaining([{ M: expect.objectContaining({ price: { N: expect.any(String) } }) }]),
    },
    tags: { SS: expect.any(Array) },
    instalments: { NS: expect.any(Array) },
  });
});

test('a full batch is about 2,000 items, some of them changed often', () => {
  const records = parse(batchText({ profile: 'small', ...FULL_BATCH }));
  const { previous, longest } = lanesOf(records);
  const items = previous.filter((before) => before === -1).length;
  expect(items).toBeGreaterThan(1_950);
  expect(items).toBeLessThanOrEqual(2_000);
  expect(longest).toBeGreaterThan(10);
});

test('with very many items, every record of the batch of failures is about a different item', () => {
  const text = batchText({ profile: 'small', records: 10_000, items: 1_000_000_000, seed: 4 });
  expect(lanesOf(parse(text)).longest).toBe(1);
});
