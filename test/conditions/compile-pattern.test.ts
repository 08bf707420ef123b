import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../src/conditions/compile-pattern.ts';

const record = {
  eventID: 'a1',
  eventName: 'MODIFY',
  eventSource: 'aws:dynamodb',
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  dynamodb: {
    ApproximateCreationDateTime: 1700000000,
    SizeBytes: 59,
    Keys: { id: { S: 'i-1' } },
    NewImage: {
      id: { S: 'i-1' },
      status: { S: 'PAID' },
      total: { N: '1234' },
      open: { BOOL: false },
      note: { NULL: true },
      comment: { S: '' },
      path: { S: 'a/b*c\\d.png' },
      tags: { SS: ['red', 'Blue'] },
      nothing: { L: [] },
      lines: {
        L: [
          { M: { sku: { S: 'A' }, count: { N: '1' } } },
          { M: { sku: { S: 'B' }, count: { N: '2' }, gift: { BOOL: true } } },
        ],
      },
      constructor: { S: 'c' },
    },
  },
  other: null,
  numbers: [1, [2, 3]],
};
const image = (pattern: unknown) => ({ dynamodb: { NewImage: pattern } });
const matches = (pattern: unknown) => {
  const asObject = compilePattern(pattern as never)(record);
  expect(compilePattern(JSON.stringify(pattern))(record)).toBe(asObject);
  return asObject;
};

describe.each<[string, ...[unknown, boolean][]]>([
  [
    'fields are joined by and, values by or',
    [{ eventName: ['MODIFY'] }, true],
    [{ eventName: ['INSERT', 'MODIFY'] }, true],
    [{ eventName: ['INSERT'] }, false],
    [{ eventName: ['MODIFY'], eventID: ['a1'] }, true],
    [{ eventName: ['MODIFY'], eventID: ['b'] }, false],
    [{ userIdentity: { type: ['Service'] }, eventSource: ['aws:dynamodb'] }, true],
  ],
  [
    'equality is of type and value',
    [image({ total: { N: ['1234'] } }), true],
    [image({ total: { N: [1234] } }), false],
    [image({ total: { N: ['1234.0'] } }), false],
    [image({ open: { BOOL: [false] } }), true],
    [image({ open: { BOOL: ['false'] } }), false],
    [image({ note: { NULL: [true] } }), true],
    [image({ comment: { S: [''] } }), true],
    [image({ status: { S: [''] } }), false],
    [{ other: [null] }, true],
    [{ other: ['null'] }, false],
    [{ missing: [null] }, false],
    [{ dynamodb: { SizeBytes: [59] } }, true],
  ],
  [
    'prefix and suffix',
    [image({ status: { S: [{ prefix: 'PA' }] } }), true],
    [image({ status: { S: [{ prefix: 'pa' }] } }), false],
    [image({ status: { S: [{ prefix: { 'equals-ignore-case': 'pa' } }] } }), true],
    [image({ status: { S: [{ prefix: { 'equals-ignore-case': 'ai' } }] } }), false],
    [image({ status: { S: [{ suffix: 'ID' }] } }), true],
    [image({ status: { S: [{ suffix: 'PA' }] } }), false],
    [image({ status: { S: [{ suffix: { 'equals-ignore-case': 'id' } }] } }), true],
    [{ dynamodb: { SizeBytes: [{ prefix: '5' }] } }, false],
    [{ missing: [{ prefix: '' }] }, false],
  ],
  [
    'equals-ignore-case',
    [image({ status: { S: [{ 'equals-ignore-case': 'paid' }] } }), true],
    [image({ status: { S: [{ 'equals-ignore-case': 'pai' }] } }), false],
    [image({ open: { BOOL: [{ 'equals-ignore-case': 'false' }] } }), false],
  ],
  [
    'anything-but takes any value but these, and needs one',
    [image({ status: { S: [{ 'anything-but': 'OPEN' }] } }), true],
    [image({ status: { S: [{ 'anything-but': 'PAID' }] } }), false],
    [image({ status: { S: [{ 'anything-but': ['PAID', 'OPEN'] }] } }), false],
    [image({ status: { S: [{ 'anything-but': [1, 2] }] } }), true],
    [image({ status: { N: [{ 'anything-but': 'PAID' }] } }), false],
    [{ dynamodb: { SizeBytes: [{ 'anything-but': 59 }] } }, false],
    [image({ status: { S: [{ 'anything-but': { prefix: 'PA' } }] } }), false],
    [image({ status: { S: [{ 'anything-but': { prefix: ['X', 'Y'] } }] } }), true],
    [image({ status: { S: [{ 'anything-but': { suffix: 'ID' } }] } }), false],
    [image({ status: { S: [{ 'anything-but': { wildcard: 'P*D' } }] } }), false],
    [image({ status: { S: [{ 'anything-but': { 'equals-ignore-case': ['paid'] } }] } }), false],
    [{ dynamodb: { SizeBytes: [{ 'anything-but': { prefix: '5' } }] } }, true],
    [image({ tags: { SS: [{ 'anything-but': 'red' }] } }), true],
  ],
  [
    'numeric compares JSON numbers and never N, which holds a string',
    [image({ total: { N: [{ numeric: ['>', 0] }] } }), false],
    [{ dynamodb: { SizeBytes: [{ numeric: ['>', 58] }] } }, true],
    [{ dynamodb: { SizeBytes: [{ numeric: ['>', 59] }] } }, false],
    [{ dynamodb: { SizeBytes: [{ numeric: ['>=', 59] }] } }, true],
    [{ dynamodb: { SizeBytes: [{ numeric: ['=', 59] }] } }, true],
    [{ dynamodb: { SizeBytes: [{ numeric: ['<', 59] }] } }, false],
    [{ dynamodb: { SizeBytes: [{ numeric: ['<=', 59] }] } }, true],
    [{ dynamodb: { SizeBytes: [{ numeric: ['>', 1, '<=', 59] }] } }, true],
    [{ dynamodb: { SizeBytes: [{ numeric: ['>', 1, '<', 59] }] } }, false],
    [{ dynamodb: { SizeBytes: [{ numeric: ['>=', 60, '<', 70] }] } }, false],
  ],
  [
    'exists asks for a value, not for an object',
    [image({ status: { S: [{ exists: true }] } }), true],
    [image({ status: { S: [{ exists: false }] } }), false],
    [image({ email: { S: [{ exists: true }] } }), false],
    [image({ email: { S: [{ exists: false }] } }), true],
    [image({ status: [{ exists: true }] }), false],
    [image({ status: [{ exists: false }] }), true],
    [image({ status: { S: [{ exists: false }, 'PAID'] } }), true],
    [image({ email: { S: [{ exists: false }, 'x'] } }), true],
    [{ dynamodb: { OldImage: { status: { S: [{ exists: false }] } } } }, true],
    [{ other: [{ exists: true }] }, true],
  ],
  [
    'wildcard',
    [image({ path: { S: [{ wildcard: '*.png' }] } }), true],
    [image({ path: { S: [{ wildcard: 'a/*' }] } }), true],
    [image({ path: { S: [{ wildcard: 'a*b*png' }] } }), true],
    [image({ path: { S: [{ wildcard: '*b\\*c\\\\d*' }] } }), true],
    [image({ path: { S: [{ wildcard: 'a/b\\*c\\\\d.png' }] } }), true],
    [image({ path: { S: [{ wildcard: 'b*' }] } }), false],
    [image({ path: { S: [{ wildcard: '*z*' }] } }), false],
    [image({ path: { S: [{ wildcard: 'a/b*b\\*c\\\\d.png' }] } }), false],
    [image({ path: { S: [{ wildcard: '*' }] } }), true],
  ],
  [
    '$or',
    [{ $or: [{ eventName: ['INSERT'] }, { eventID: ['a1'] }] }, true],
    [{ $or: [{ eventName: ['INSERT'] }, { eventID: ['b'] }] }, false],
    [{ $or: [{ eventName: ['INSERT'] }, { eventID: ['a1'] }], eventSource: ['aws:sqs'] }, false],
    [image({ status: { S: ['PAID'] }, $or: [{ a: { S: ['x'] } }, { id: { S: ['i-1'] } }] }), true],
    [{ $or: [{ eventName: ['x'] }, { $or: [{ eventID: ['x'] }, { eventID: ['a1'] }] }] }, true],
    [{ $or: ['a field of that name'] }, false],
    [{ $or: { eventName: ['a field of that name'] } }, false],
  ],
  [
    'lists and sets match by any of their values',
    [image({ tags: { SS: ['red'] } }), true],
    [image({ tags: { SS: ['blue', { prefix: 'Bl' }] } }), true],
    [image({ tags: { SS: ['blue'] } }), false],
    [{ numbers: [3] }, true],
    [{ numbers: [4] }, false],
    [image({ nothing: { L: { S: [{ exists: false }] } } }), true],
    [image({ nothing: { L: { S: ['x'] } } }), false],
  ],
  [
    'below a list all fields are those of one element',
    [image({ lines: { L: { M: { sku: { S: ['B'] } } } } }), true],
    [image({ lines: { L: { M: { sku: { S: ['B'] }, count: { N: ['2'] } } } } }), true],
    [image({ lines: { L: { M: { sku: { S: ['B'] }, count: { N: ['1'] } } } } }), false],
    [image({ lines: { L: { M: { gift: { BOOL: [{ exists: false }] } } } } }), false],
    [image({ lines: { L: { M: { price: { N: [{ exists: false }] }, sku: { S: ['A'] } } } } }), true],
  ],
  [
    'an attribute named constructor is just an attribute',
    [image({ constructor: { S: ['c'] } }), true],
    [image({ toString: { S: [{ exists: true }] } }), false],
    [image({ status: { constructor: [{ exists: true }] } }), false],
  ],
])('%s', (_, ...cases) => {
  test.each(cases)('%j: %s', (pattern, expected) => {
    expect(matches(pattern)).toBe(expected);
  });
});

test.each([undefined, null, 1, 'text', [], {}])(
  'a record that is none, %j, matches nothing and does not throw',
  (none) => {
    expect(compilePattern({ eventName: ['INSERT'] })(none)).toBe(false);
    expect(compilePattern({ eventName: [{ exists: false }] })(none)).toBe(true);
  },
);

test.each<[string, unknown, string]>([
  ['no JSON', '{', 'no JSON'],
  ['nothing', undefined, 'has to be an object'],
  ['null', 'null', 'has to be an object'],
  ['null itself', null, 'has to be an object'],
  ['a string', '"x"', 'has to be an object'],
  ['a list', [], 'has to be an object'],
  ['no field', {}, 'an empty object'],
  ['a string outside an array', { eventName: 'INSERT' }, 'At eventName: a value has to stand in an array'],
  ['null outside an array', { dynamodb: { NewImage: null } }, 'At dynamodb.NewImage: a value'],
  ['undefined outside an array', { eventName: undefined }, 'At eventName'],
  ['an empty array', { eventName: [] }, 'At eventName: an empty array'],
  ['an empty object', { dynamodb: { Keys: {} } }, 'At dynamodb.Keys: an empty object'],
  ['undefined in an array', { eventName: [undefined] }, 'At eventName'],
  ['no number', { eventName: [Number.NaN] }, 'At eventName'],
  ['an array in an array', { eventName: [['INSERT']] }, 'At eventName'],
  ['an unknown comparison', { eventName: [{ regex: 'I' }] }, 'At eventName'],
  ['two comparisons in one', { eventName: [{ prefix: 'I', suffix: 'T' }] }, 'At eventName'],
  ['no comparison', { eventName: [{}] }, 'At eventName'],
  ['a prefix that is a number', { eventName: [{ prefix: 1 }] }, 'At eventName'],
  ['a prefix of a prefix', { eventName: [{ prefix: { prefix: 'a' } }] }, 'At eventName'],
  [
    'a folded prefix that is a number',
    { eventName: [{ prefix: { 'equals-ignore-case': 1 } }] },
    'At eventName',
  ],
  ['a folded wildcard', { eventName: [{ wildcard: { 'equals-ignore-case': 'a' } }] }, 'At eventName'],
  ['exists that is no boolean', { eventName: [{ exists: 'true' }] }, 'At eventName'],
  ['anything-but nothing', { eventName: [{ 'anything-but': [] }] }, 'At eventName'],
  ['anything-but of two types', { eventName: [{ 'anything-but': ['a', 1] }] }, 'At eventName'],
  ['anything-but true', { eventName: [{ 'anything-but': true }] }, 'At eventName'],
  [
    'anything-but an unknown comparison',
    { eventName: [{ 'anything-but': { numeric: 'a' } }] },
    'At eventName',
  ],
  ['anything-but a numeric prefix', { eventName: [{ 'anything-but': { prefix: 1 } }] }, 'At eventName'],
  ['anything-but a prefix of nothing', { eventName: [{ 'anything-but': { prefix: [] } }] }, 'At eventName'],
  ['numeric without a list', { a: [{ numeric: '>' }] }, 'At a'],
  ['numeric without a number', { a: [{ numeric: ['>'] }] }, 'At a'],
  ['numeric with text', { a: [{ numeric: ['>', '1'] }] }, 'At a'],
  ['an unknown numeric comparison', { a: [{ numeric: ['!=', 1] }] }, 'At a'],
  ['a range the wrong way round', { a: [{ numeric: ['<', 5, '>', 1] }] }, 'At a'],
  ['a range of two lower bounds', { a: [{ numeric: ['>', 1, '>', 2] }] }, 'At a'],
  ['a range without a number', { a: [{ numeric: ['>', 1, '<'] }] }, 'At a'],
  ['an empty range', { a: [{ numeric: ['>', 5, '<', 5] }] }, 'At a'],
  ['a range of three', { a: [{ numeric: ['>', 1, '<', 5, '<', 6] }] }, 'At a'],
  ['two asterisks in a row', { a: [{ wildcard: 'a**b' }] }, 'At a'],
  ['a backslash before a letter', { a: [{ wildcard: 'a\\b' }] }, 'At a'],
  ['a backslash at the end', { a: [{ wildcard: 'a\\' }] }, 'At a'],
  ['an empty alternative of $or', { $or: [{ a: ['x'] }, {}] }, 'an empty object'],
  ['$or of arrays', { $or: [{ a: ['x'] }, []] }, 'has to be an object'],
  ['$or of one pattern', { $or: [{ a: ['x'] }] }, 'At $or'],
  ['$or over a comparison', { $or: [{ prefix: 'x' }, { numeric: ['x'] }] }, 'At $or'],
  ['a name with a dot', { 'a.b': [] }, 'At ["a.b"]'],
])('%s is refused, in the words of AWS: %j', (_, pattern, where) => {
  expect(() => compilePattern(pattern as never, 'mapping')).toThrow(
    expect.objectContaining({
      name: 'ConfigurationError',
      code: 'INVALID_PATTERN',
      message: expect.stringMatching(/^mapping: Invalid filter pattern definition\. /),
    }),
  );
  expect(() => compilePattern(pattern as never)).toThrow(where);
});

test('a wildcard takes no exponential time', () => {
  const matches = compilePattern({ a: [{ wildcard: `${'*a'.repeat(50)}*b` }] });
  const startedAt = performance.now();
  expect(matches({ a: 'a'.repeat(100_000) })).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test('a pattern matches lists in lists of any depth, and never throws', () => {
  const LEVELS = 100_000;
  const list = JSON.parse(`${'['.repeat(LEVELS)}"x"${']'.repeat(LEVELS)}`);
  expect(compilePattern({ a: ['x'] })({ a: list })).toBe(true);
  expect(compilePattern({ a: ['y'] })({ a: list })).toBe(false);
  expect(compilePattern({ a: { b: ['x'] } })({ a: list })).toBe(false);
  expect(compilePattern({ a: { b: [{ exists: false }] } })({ a: list })).toBe(true);
});
