import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMap, keysText, sortedDeep, sortedEntries } from '../../src/item/sorted-entries.ts';

test('attributes come in the order of their names, not of any language', () => {
  expect(sortedEntries({ b: 1, ä: 2, B: 3, a: 4 })).toEqual([
    ['B', 3],
    ['a', 4],
    ['b', 1],
    ['ä', 2],
  ]);
});

test('keys give one text, in whatever order their attributes come', () => {
  const keys = fc.dictionary(fc.string(), fc.record({ S: fc.string() }), { maxKeys: 5 });
  fc.assert(
    fc.property(keys, (some) => {
      const turned = Object.fromEntries(Object.entries(some).reverse());
      expect(keysText(turned)).toBe(keysText(some));
    }),
  );
  expect(keysText({ sk: { S: 'b' }, pk: { S: 'a' } })).toBe('[["pk",{"S":"a"}],["sk",{"S":"b"}]]');
});

test('maps are sorted at every depth, and lists keep their order', () => {
  const value = { b: [{ d: 1, c: 2 }, 'x'], a: { f: 1, e: new Set([2, 1]) } };
  const sorted = sortedDeep(value);
  expect(sorted).toEqual(value);
  expect(JSON.stringify(sorted)).toBe('{"a":{"e":{},"f":1},"b":[{"c":2,"d":1},"x"]}');
  expect(sorted.a.e).toBe(value.a.e);
});

test.each<[what: string, value: unknown, expected: boolean]>([
  ['an object', {}, true],
  ['null', null, false],
  ['a list', [], false],
  ['a set', new Set(), false],
  ['binary', new Uint8Array(), false],
  ['a NumberValue', NumberValueImpl.from('1'), false],
])('%s is a map: %j %s', (_, value, expected) => {
  expect(isMap(value)).toBe(expected);
});
