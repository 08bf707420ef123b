import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { itemProblem } from '../../../src/sinks/message/item-problem.ts';

const KEYS = ['pk', 'sk'];
const key = { pk: { S: 'a' }, sk: { N: '1' } };

/** A map, or list, within another, so many times. */
const nested = (levels: number): never =>
  (levels === 0
    ? { S: 'x' }
    : levels % 2 === 0
      ? { M: { a: nested(levels - 1) } }
      : { L: [nested(levels - 1)] }) as never;

test.each([
  ['a key of text and one of a number', key, undefined],
  ['the longest keys', { pk: { S: 'é'.repeat(1024) }, sk: { B: new Uint8Array(1024) } }, undefined],
  ['32 levels', { ...key, deep: nested(32) }, undefined],
  ['an empty text for a key', { ...key, pk: { S: '' } }, 'the key attribute pk is empty'],
  ['empty binary for a key', { ...key, sk: { B: new Uint8Array() } }, 'the key attribute sk is empty'],
  [
    'a long partition key',
    { ...key, pk: { S: 'é'.repeat(1025) } },
    'the key attribute pk has 2050 bytes, but the limit is 2048',
  ],
  [
    'a long sort key',
    { ...key, sk: { S: 'x'.repeat(1025) } },
    'the key attribute sk has 1025 bytes, but the limit is 1024',
  ],
  ['33 levels', { ...key, deep: nested(33) }, 'the attribute deep has more than 32 levels'],
])('%s', (_, item, problem) => {
  expect(itemProblem(item, KEYS)).toBe(problem);
});

test('tableWriter refuses such an item alone, without a request, as no table takes it', async () => {
  const client = { send: () => Promise.reject(new Error('not asked')) } as unknown as DynamoDBClient;
  const table = tableWriter({ tableName: 'Totals', keys: ['pk'], client });
  await expect(table.put({ pk: '' }, { detached: true })).rejects.toMatchObject({
    code: 'SINK_MESSAGE_INVALID',
    message: expect.stringContaining('the key attribute pk is empty'),
  });
  await expect(table.delete({ pk: '' }, { detached: true })).rejects.toMatchObject({
    code: 'SINK_MESSAGE_INVALID',
  });
});
