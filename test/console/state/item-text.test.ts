import fc from 'fast-check';
import { expect, test } from 'vitest';
import { converted, itemText } from '../../../src/console/state/item-text.ts';

const ITEM = {
  id: { S: 'a' },
  total: { N: '12345678901234567890.12' },
  paid: { BOOL: false },
  none: { NULL: true },
  address: { M: { city: { S: 'Bern' }, empty: { M: {} } } },
  lines: { L: [{ N: '1' }, { L: [] }, { S: '</script>`\u2028' }] },
};

test('an item is plain JSON for people, with every digit of its numbers', () => {
  expect(itemText(ITEM, 'plain')).toBe(`{
  "id": "a",
  "total": 12345678901234567890.12,
  "paid": false,
  "none": null,
  "address": {
    "city": "Bern",
    "empty": {}
  },
  "lines": [
    1,
    [],
    "</script>\`\u2028"
  ]
}`);
});

test.each([
  ['a set of texts', { SS: ['a'] }],
  ['a set of numbers', { NS: ['1'] }],
  ['binary', { B: 'AQI=' }],
  ['a set of binary', { BS: ['AQI='] }],
  ['a number that JSON does not allow', { N: '.5' }],
  ['a value of no type', {}],
  ['no value', 'text'],
  ['a list with a set', { L: [{ SS: ['a'] }] }],
  ['a map with a set', { M: { a: { SS: ['a'] } } }],
])('%s is not plain JSON', (_name, value) => {
  expect(itemText({ value }, 'plain')).toBeUndefined();
  expect(JSON.parse(itemText({ value }, 'dynamodb') as string)).toEqual({ value });
});

test('a text is converted to the other format and back without a loss', () => {
  const plain = itemText(ITEM, 'plain') as string;
  const typed = converted(plain, 'dynamodb') as string;
  expect(JSON.parse(typed)).toEqual(ITEM);
  expect(converted(typed, 'plain')).toBe(plain);
});

test.each(['', '[1]', '1', 'null', '{"a":', '{"a":1}'])('%j is not an item with types', (text) => {
  expect(converted(text, 'plain')).toBeUndefined();
});

test.each(['', '[1]', '"text"', '{"a":'])('%j is not a plain item', (text) => {
  expect(converted(text, 'dynamodb')).toBeUndefined();
});

test('an attribute may be called __proto__', () => {
  const typed = converted('{"__proto__":{"__proto__":1}}', 'dynamodb') as string;
  expect(typed.replaceAll(/\s/g, '')).toBe('{"__proto__":{"M":{"__proto__":{"N":"1"}}}}');
  expect(converted(typed, 'plain')?.replaceAll(/\s/g, '')).toBe('{"__proto__":{"__proto__":1}}');
});

test('any plain item survives', () => {
  const items = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(items, (item) => {
      const json = JSON.stringify(item);
      const plain = converted(converted(json, 'dynamodb') as string, 'plain') as string;
      expect(JSON.stringify(JSON.parse(plain))).toBe(JSON.stringify(JSON.parse(json)));
    }),
  );
});
