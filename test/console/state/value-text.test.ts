import { expect, test } from 'vitest';
import { differencesOf } from '../../../src/console/state/diff.ts';
import { keyText } from '../../../src/console/state/key-text.ts';
import { scrollTo, windowOf } from '../../../src/console/state/list-window.ts';
import { summaryText } from '../../../src/console/state/summary-text.ts';
import { valueText, visible } from '../../../src/console/state/value-text.ts';
import { shown } from './events.ts';

test.each<[unknown, string]>([
  [{ S: 'a "b"' }, '"a \\"b\\""'],
  [{ N: '1e3' }, '1e3'],
  [{ BOOL: false }, 'false'],
  [{ NULL: true }, 'null'],
  [{ B: 'AQI=' }, 'binary AQI='],
  [{ M: {} }, '{}'],
  [{ M: { a: { N: '1' }, b: { L: [{ S: 'x' }, { NULL: true }] } } }, '{ "a": 1, "b": ["x", null] }'],
  [{ SS: ['a', 'b'] }, '<"a", "b">'],
  [{ NS: ['1', '2'] }, '<1, 2>'],
  [{ BS: ['AQ=='] }, '<binary AQ==>'],
  [{ X: 1 }, '{"X":1}'],
  [{}, '{}'],
  [undefined, ''],
  [null, ''],
  [{ S: '<script>alert(1)</script>' }, '"<script>alert(1)</script>"'],
  // A terminal's escape, the end of a line, and marks that turn text around.
  [{ S: '\u001b[31m\n\u202egnp.exe\u2066\u200b' }, '"\\u001b[31m\\n\\u202egnp.exe\\u2066\\u200b"'],
])('the value %j is written as %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});

test('a value of 1 MB is cut, and says how long it is', () => {
  expect(valueText({ S: 'x'.repeat(2 ** 20) }, 10)).toBe('"xxxxxxxxx… (1,048,578 characters)');
  expect(valueText({ S: 'xx' }, 4)).toBe('"xx"');
});

test('an emoji stays unchanged, and a control character outside of the base plane is shown', () => {
  expect(visible('👍')).toBe('👍');
  expect(visible('\u{e0001}')).toBe('\\ue0001');
});

test('differences go into maps and lists, and name their path', () => {
  const before = {
    id: { S: 'a' },
    to: { M: { city: { S: 'Bern' }, zip: { S: '3000' } } },
    lines: { L: [{ N: '1' }, { M: { price: { N: '1' } } }] },
    tags: { SS: ['a', 'b'] },
    type: { S: '1' },
    gone: { BOOL: true },
  };
  const after = {
    id: { S: 'a' },
    to: { M: { zip: { S: '3000' }, city: { S: 'Basel' } } },
    lines: { L: [{ N: '1' }, { M: { price: { N: '2' } } }, { N: '3' }] },
    tags: { SS: ['b', 'a'] },
    type: { N: '1' },
  };
  const differences = differencesOf(before, after).map(({ path, kind }) => `${kind} ${path}`);
  expect(differences).toEqual([
    'same id',
    'same to.zip',
    'changed to.city',
    'same lines[0]',
    'changed lines[1].price',
    'added lines[2]',
    'same tags',
    'changed type',
    'removed gone',
  ]);
  expect(differencesOf(undefined, { constructor: { N: '1' } })).toMatchObject([
    { path: 'constructor', kind: 'added', before: undefined },
  ]);
  expect(differencesOf({ a: { L: [] } }, { a: { M: {} } })).toMatchObject([{ kind: 'changed' }]);
  expect(differencesOf({ a: { M: {} } }, { a: { L: [] } })).toMatchObject([{ kind: 'changed' }]);
  expect(differencesOf({ a: { SS: 1 } }, { a: { SS: 2 } })).toMatchObject([{ kind: 'changed' }]);
  expect(differencesOf({ a: 1 }, { a: 2 })).toMatchObject([{ kind: 'changed' }]);
});

test.each([
  ['an insert has its attributes', { newImage: { id: { S: 'a' }, total: { N: '1' } } }, 'total: 1'],
  ['a removal too', { newImage: undefined, oldImage: { total: { N: '1' } } }, 'total: 1'],
  [
    'a change has its differences',
    { oldImage: { a: { N: '1' }, b: { N: '1' } }, newImage: { a: { N: '2' }, c: { N: '1' } } },
    'a: 1 → 2, + c: 1, − b: 1',
  ],
  ['no image leaves nothing to say', { newImage: undefined }, ''],
  ['an item whose time is over is expired', { newImage: undefined, isExpired: true }, 'expired'],
  [
    'with its image too',
    { newImage: undefined, oldImage: { a: { N: '1' } }, isExpired: true },
    'expired, a: 1',
  ],
  [
    'of many attributes the first four are shown',
    { newImage: Object.fromEntries('abcdef'.split('').map((name) => [name, { N: '1' }])) },
    'a: 1, b: 1, c: 1, d: 1, … 2 more',
  ],
  ['a record without keys is shown', { keys: undefined, newImage: { a: { N: '1' } } }, 'a: 1'],
])('%s', (_name, fields, text) => {
  expect(summaryText(shown(1, fields))).toBe(text);
});

test('a key has its values, partition key first', () => {
  const keys = { line: { N: '2' }, order: { S: 'o-1' } };
  expect(keyText(shown(1, { keys }), ['order', 'line'])).toBe('o-1 / 2');
  expect(keyText(shown(1, { keys }), [])).toBe('2 / o-1');
  expect(keyText(shown(1, { keys: undefined }), ['id'])).toBe('');
});

test('of a long list, only the rows around the visible ones are drawn', () => {
  expect(windowOf(50_000, 20, 0, 600)).toEqual({ first: 0, end: 38 });
  expect(windowOf(50_000, 20, 20_000, 600)).toEqual({ first: 992, end: 1038 });
  expect(windowOf(3, 20, 0, 600)).toEqual({ first: 0, end: 3 });
  // The list became shorter.
  expect(windowOf(3, 20, 20_000, 600)).toEqual({ first: 3, end: 3 });
});

test('a list scrolls as little as needed', () => {
  expect(scrollTo(5, 20, 0, 600)).toBe(0);
  expect(scrollTo(5, 20, 200, 600)).toBe(100);
  expect(scrollTo(40, 20, 0, 600)).toBe(220);
});
