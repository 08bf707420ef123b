import type { AttributeValue } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { LaneIndex, type Order } from '../../src/batch/lane-index.ts';
import { recordOf } from '../fixtures/events.ts';

type Keys = Record<string, AttributeValue> | undefined | null;

function lanesOf(order: Order, allKeys: readonly Keys[], partitionKey?: string): number[] {
  const index = new LaneIndex(order, allKeys.length, partitionKey);
  return allKeys.map((Keys) => index.of({ ...recordOf(), dynamodb: { Keys } as object }));
}

const S = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });

describe('by item', () => {
  test('one lane per item, numbered from 0', () => {
    expect(lanesOf('item', [{ id: { S: 'a' } }, { id: { S: 'b' } }, { id: { S: 'a' } }])).toEqual([0, 1, 0]);
  });

  test('both attributes count, whatever their order in the JSON', () => {
    const { pk, sk } = S('a', '1');
    expect(lanesOf('item', [{ pk, sk }, { sk, pk }, S('a', '2'), S('1', 'a'), S('2', 'a')])).toEqual([
      0, 0, 1, 2, 3,
    ]);
  });

  test('a declared table changes nothing: its partition key is not the item', () => {
    expect(lanesOf('item', [S('a', '1'), S('a', '2'), S('b', '1')], 'pk')).toEqual([0, 1, 2]);
  });

  test('values that differ only when put together are two items', () => {
    expect(lanesOf('item', [S('a', 'bc'), S('ab', 'c'), S('', 'abc')])).toEqual([0, 1, 2]);
  });

  test('binary keys', () => {
    expect(lanesOf('item', [{ id: { B: 'AA==' } }, { id: { B: 'AQ==' } }, { id: { B: 'AA==' } }])).toEqual([
      0, 1, 0,
    ]);
  });

  test.each([
    [['1', '1.0', '1e0', '+1', '01', '0.1E1', '10e-1']],
    [['100', '1e2', '1E+2', '100.00']],
    [['0', '-0', '0.0', '00', '0e5', '-0.0']],
    [['-5', '-5.0', '-05', '-0.5e1']],
    [['1.5', '1.50', '15e-1', '+1.5']],
    [['0.001', '1e-3', '.001']],
  ])('%o are one number', (texts) => {
    const lanes = lanesOf(
      'item',
      texts.map((N) => ({ id: { N } })),
    );
    expect(new Set(lanes)).toEqual(new Set([0]));
  });

  test('numbers that a double cannot tell apart are two items', () => {
    const numbers = [
      '9007199254740992',
      '9007199254740993',
      '1.00000000000000000001',
      '1',
      '-1',
      '1e1',
      '0.1',
    ];
    expect(
      new Set(
        lanesOf(
          'item',
          numbers.map((N) => ({ id: { N } })),
        ),
      ).size,
    ).toBe(numbers.length);
  });

  test('a value that is not a number still has one lane per text', () => {
    expect(lanesOf('item', [{ id: { N: 'e.' } }, { id: { N: '0x' } }, { id: { N: 'e.' } }])).toEqual([
      0, 1, 0,
    ]);
  });

  test.each([undefined, null])('records whose Keys are %s have a lane each', (keys) => {
    expect(lanesOf('item', [keys, { id: { S: 'a' } }, keys, { id: { S: 'a' } }])).toEqual([0, 1, 2, 1]);
  });

  test('keys of another shape than the first have a lane per item, too', () => {
    const other = { x: { S: '1' }, y: { S: '2' } };
    const swapped = { y: { S: '2' }, x: { S: '1' } };
    const odd = { pk: { S: 'a' }, sk: { BOOL: true } };
    expect(lanesOf('item', [S('a', '1'), other, swapped, odd, odd, S('a', '1')])).toEqual([0, 1, 1, 2, 2, 0]);
  });

  test('keys that cannot be written as text share a lane', () => {
    const deep = JSON.parse(`${'{"M":{"a":'.repeat(50_000)}{}${'}}'.repeat(50_000)}`);
    const circle: { M: { a?: object } } = { M: {} };
    circle.M.a = circle;
    expect(lanesOf('item', [{ id: deep }, { id: { S: 'a' } }, { id: circle as object }])).toEqual([0, 1, 0]);
  });

  test('empty keys are a shape of their own', () => {
    expect(lanesOf('item', [{}, {}, { id: { S: 'a' } }, {}])).toEqual([0, 0, 1, 0]);
  });

  test('inherited names are no keys', () => {
    expect(lanesOf('item', [{ toString: { S: 'a' } }, { id: { S: 'a' } }, { id: { S: 'a' } }])).toEqual([
      0, 1, 1,
    ]);
  });
});

test('by partition key: sort keys make no difference', () => {
  const { pk, sk } = S('b', '1');
  expect(lanesOf('partition', [S('a', '1'), S('a', '2'), { sk, pk }, S('a', '3')], 'pk')).toEqual([
    0, 0, 1, 0,
  ]);
});

test('by shard: one lane, even for records without keys', () => {
  expect(lanesOf('shard', [S('a', '1'), undefined, S('b', '1')])).toEqual([0, 0, 0]);
});
