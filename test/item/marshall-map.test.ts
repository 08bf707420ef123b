import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { marshallMap } from '../../src/item/marshall-map.ts';

describe('an item is marshalled as the SDK does', () => {
  test.each<[string, object]>([
    ['scalars', { s: 'a', n: 1.5, big: 12345678901234567890n, yes: true, none: null }],
    ['binary', { b: new Uint8Array([1, 2]), buffer: Buffer.from('ab') }],
    ['sets', { ss: new Set(['a']), ns: new Set([1, 2]), bs: new Set([new Uint8Array([1])]) }],
    ['nested maps and lists', { m: { l: [{ a: 1 }, ['b', []], {}] } }],
    [
      'values that are left out',
      { a: undefined, f: () => 1, l: [undefined, 1, () => 2], m: { a: undefined } },
    ],
    ['a Map', new Map<string, unknown>([['a', { b: 1 }]])],
    ['a map within that is a Map', { m: new Map([['a', 1]]) }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['nothing', {}],
  ])('%s', (_, item) => {
    expect(marshallMap(item)).toEqual(marshall(item as never, { removeUndefinedValues: true }));
  });
});

test('attributes may have any name', () => {
  const item = JSON.parse('{"__proto__":"a","m":{"__proto__":{"x":1}},"l":[{"constructor":{"name":"Set"}}]}');
  expect(JSON.stringify(marshallMap(item))).toBe(
    '{"__proto__":{"S":"a"},"m":{"M":{"__proto__":{"M":{"x":{"N":"1"}}}}},' +
      '"l":{"L":[{"M":{"constructor":{"M":{"name":{"S":"Set"}}}}}]}}',
  );
});

describe('what DynamoDB cannot hold is refused', () => {
  test.each<[string, object]>([
    ['a list', []],
    ['a set', new Set(['a'])],
    ['a date', { at: new Date() }],
    ['a class of its own', { a: new (class Own {})() }],
    ['an empty set', { s: new Set() }],
    ['a number that a double cannot hold', { n: 2 ** 53 }],
    ['NaN', { n: Number.NaN }],
  ])('%s', (_, item) => {
    expect(() => marshallMap(item)).toThrow();
  });
});
