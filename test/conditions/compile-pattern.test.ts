import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../src/conditions/compile-pattern.ts';
import { expectProportion } from '../fixtures/proportion.ts';

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
const either = (count: number): unknown =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`f${index}`, { $or: [{ a: ['x'] }, { b: ['x'] }] }]),
  );
const deep = (levels: number): unknown => {
  let pattern: unknown = ['x'];
  for (let level = 0; level < levels; level++) pattern = { a: pattern };
  return pattern;
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
    [{ $or: ['two values', 'of a field'] }, false],
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
  ['no JSON', '{', 'not JSON (expected a name at position 1)'],
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
  ['exists that is not a boolean', { eventName: [{ exists: 'true' }] }, 'At eventName'],
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
  ['anything-but an empty prefix', { a: [{ 'anything-but': { prefix: '' } }] }, 'At a'],
  ['anything-but an empty suffix among others', { a: [{ 'anything-but': { suffix: ['1', ''] } }] }, 'At a'],
  ['anything-but a block of addresses', { a: [{ 'anything-but': { cidr: '10.0.0.0/8' } }] }, 'At a'],
  ['a block without bits', { a: [{ cidr: '10.0.0.0' }] }, 'At a'],
  ['a block of too many bits', { a: [{ cidr: '10.0.0.0/33' }] }, 'At a'],
  ['a block of no address', { a: [{ cidr: '10.0.0/8' }] }, 'At a'],
  ['a comparison of many digits', '{"a":[{"numeric":["=",0.1234567890123456789]}]}', 'At a'],
  ['a comparison within $or', { $or: [{ a: { prefix: ['x'] } }, { b: ['y'] }] }, 'At a.prefix'],
  ['more than 1,000 combinations', either(10), 'at most 1000 combinations, got 1024'],
  ['an empty object of JSON', '{}', 'an empty object'],
  ['an empty array of JSON', '{"a":[]}', 'At a: an empty array'],
  ['a number as a pattern', '5', 'has to be an object'],
  ['a number of many digits as a pattern', '0.1234567890123456789', 'has to be an object'],
  ['a comma at the end', '{"a":["x"],}', 'expected a name at position 11'],
  ['a comma at the end of a list', '{"a":["x",]}', 'expected a value at position 10'],
  ['no colon', '{"a"["x"]}', 'expected : at position 4'],
  ['no end', '{"a":["x"]', 'expected } at position 10'],
  ['a comment', '{"a":["x"]/*c*/}', 'expected } at position 10'],
  ['single quotes', "{'a':['x']}", 'not JSON'],
  ['deep JSON', `${'{"a":'.repeat(2000)}["x"]${'}'.repeat(2000)}`, 'deeper than 1000 levels'],
  ['a deep object', deep(2000), 'deeper than 1000 levels'],
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

const lines = (...elements: unknown[]) => ({ dynamodb: { NewImage: { l: { L: elements } } } });
const line = (fields: Record<string, string>) => ({
  M: Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, { S: text }])),
});
const ofLine = (fields: Record<string, unknown[]>) => ({
  dynamodb: {
    NewImage: {
      l: {
        L: { M: Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, { S: values }])) },
      },
    },
  },
});
const ABSENT = { exists: false };

// As in AWS's matcher: fields are asked in the order of their paths.
describe.each<[string, unknown, ...[unknown, boolean][]]>([
  [
    'below a list, absence is asked of the element that fields before it matched',
    ofLine({ b: ['1'], y: [ABSENT] }),
    [lines(line({ b: '1' }), line({ b: '2', y: '3' })), true],
    [lines(line({ b: '1', y: '3' }), line({ b: '2' })), false],
    [lines(line({ b: '1', y: '3' }), line({ b: '1' })), true],
    [lines(), false],
  ],
  [
    'below a list, absence is asked of all elements until a field matches',
    ofLine({ b: ['1'], a: [ABSENT] }),
    [lines(line({ b: '1' }), line({ b: '2', a: '3' })), false],
    [lines(line({ b: '1' }), line({ b: '2' })), true],
  ],
  [
    'a field that may be absent and is elsewhere in the list has to match',
    ofLine({ a: ['1', ABSENT], b: ['2'] }),
    [lines(line({ a: '1', b: '2' }), line({ b: '2' })), true],
    [lines(line({ a: '3' }), line({ b: '2' })), false],
    [lines(line({ b: '2' }), line({ y: '3' })), true],
  ],
  [
    'so it is for lists in lists',
    {
      l: {
        a: ['1', ABSENT],
        m: { b: [ABSENT], c: ['2'], d: [ABSENT] },
      },
    },
    [{ l: [{ m: [{ c: '2' }, { d: '3' }] }, { m: [{ d: '3' }] }] }, true],
    [{ l: [{ m: [{ c: '2' }, { b: '3' }] }] }, false],
    [{ l: [{ m: [{ c: '2' }] }, { m: [{ b: '3' }] }] }, false],
    [{ l: [{ a: '1', m: [{ c: '2' }] }, { m: [{ b: '3' }] }] }, true],
    [{ l: [{ a: '1', m: [] }, { m: [{ c: '2' }] }] }, false],
    [{ l: [{ m: [{ c: '2', d: '3' }] }] }, false],
  ],
  [
    'below an empty list everything is absent',
    ofLine({ a: [ABSENT], b: [ABSENT, 'x'] }),
    [lines(), true],
    [lines(line({})), true],
    [lines(line({ a: '1' })), false],
  ],
  [
    'the name of a list that has to match is not absent from it',
    { l: { a: { b: ['1', ABSENT] }, c: [ABSENT] } },
    [{ l: [{ a: [{ b: '1' }] }, { a: [{ b: '2' }], c: '3' }] }, true],
    [{ l: [{ a: [] }, { a: [{ b: '2' }] }] }, false],
    [{ l: [{ a: [] }, { c: '3' }] }, false],
  ],
  [
    'a dotted name is a path, in the pattern',
    { 'dynamodb.NewImage': { a: { S: ['1'] } } },
    [{ dynamodb: { NewImage: { a: { S: '1' } } } }, true],
    [{ 'dynamodb.NewImage.a': { S: '1' } }, true],
    [{ dynamodb: { NewImage: { a: { S: '2' } } } }, false],
  ],
  [
    'and in the record, beside the plain one',
    { dynamodb: { NewImage: { a: { b: { S: ['1'] }, c: { S: ['2'] } } } } },
    [{ dynamodb: { NewImage: { 'a.b': { S: '1' }, 'a.c': { S: '2' } } } }, true],
    [{ dynamodb: { NewImage: { 'a.b': { S: '1' }, a: { c: { S: '2' } } } } }, true],
    [{ dynamodb: { NewImage: { 'a.b': { S: '3' }, a: { b: { S: '1' }, c: { S: '2' } } } } }, true],
    [{ dynamodb: { NewImage: { 'a.b': { S: '1' }, 'a.x': { S: '2' } } } }, false],
  ],
  [
    'a dotted name leads into lists',
    { a: { b: { c: ['1'], d: [ABSENT] }, e: { f: ['1'] } } },
    [{ 'a.b': [{ c: '1' }, { c: '2', d: '3' }], a: { e: { f: '1' } } }, true],
    [{ 'a.b': [{ c: '1', d: '3' }], 'a.e.f': '1' }, false],
    [{ 'a.b': [{ c: '1' }], a: { b: [], e: { f: '1' } } }, true],
    [{ 'a.b': [], a: { b: [], e: { f: '1' } } }, false],
    [{ 'a.b': [{ c: '1' }], a: { b: { x: 1 }, e: { f: ['1'], 'f.g': 1 } } }, true],
    [{ 'a.b': { c: '2' }, a: { b: { c: '1' }, e: { f: '1' } } }, true],
    [{ 'a.b.c': '2', a: { b: [{ c: '1' }], e: { f: '1' } } }, true],
    [{ 'a.b.d': '2', a: { b: [{ c: '1' }], e: { f: '1' } } }, false],
  ],
  [
    'absence is asked of names with dots below a list',
    { l: { a: { b: [ABSENT] }, c: ['1'] } },
    [{ l: [{ 'a.b': '2', a: { x: '1' } }, { c: '1' }] }, false],
    [{ l: [{ 'a.x': '2', a: { b: '1' } }, { c: '1' }] }, false],
    [{ l: [{ a: { x: [] }, 'a.b': [] }, { c: '1' }] }, true],
  ],
  [
    'many fields are found by their names, with dots or without',
    { a: Object.fromEntries(['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => [name, ['1']])) },
    [{ a: { b: '1', c: '1', d: '1', e: '1', f: '1', g: '1', h: '1', i: '1', j: '1' } }, true],
    [{ a: { b: '1', c: '1', d: '1', e: '1', f: '1', g: '1', h: '1', i: '1' }, 'a.j': '1' }, true],
    [{ a: { b: '1', c: '1', d: '1', e: '1', f: '1', g: '1', h: '1', i: '1' } }, false],
    ['a', false],
    [null, false],
  ],
])('%s', (_, pattern, ...cases) => {
  test.each(cases)('%j: %s', (event, expected) => {
    expect(compilePattern(pattern as never)(event)).toBe(expected);
    expect(compilePattern(JSON.stringify(pattern))(event)).toBe(expected);
  });
});

describe.each<[string, string, ...[unknown, boolean][]]>([
  [
    'an object that JSON names twice adds up',
    '{"d":{"a":["1"]},"d":{"b":["2"]}}',
    [{ d: { a: '1', b: '2' } }, true],
    [{ d: { a: '1' } }, false],
    [{ d: { b: '2' } }, false],
  ],
  [
    'of a field that JSON names twice, the last one counts',
    '{"a":["1"],"a":["2"]}',
    [{ a: '1' }, false],
    [{ a: '2' }, true],
  ],
  [
    'an object and a field of one name both have to match',
    '{"a":{"b":["1"]},"a":["2"]}',
    [{ a: '2' }, false],
    [{ a: { b: '1' } }, false],
  ],
  [
    'of two $or in one object, both hold',
    '{"$or":[{"a":["1"]},{"b":["1"]}],"$or":[{"c":["1"]},{"d":["1"]}]}',
    [{ a: '1' }, false],
    [{ c: '1' }, false],
    [{ a: '1', d: '1' }, true],
  ],
  [
    'a field beside $or replaces the one of that path in it',
    '{"$or":[{"a":["1"]},{"a":["2"],"b":["1"]}],"a":["3"]}',
    [{ a: '3' }, true],
    [{ a: '1' }, false],
  ],
  [
    'text behind the pattern is ignored',
    ' {"a" :\t["x" , null , true , -1.5e3 ]\n} x',
    [{ a: 'x' }, true],
    [{ a: null }, true],
    [{ a: -1500 }, true],
  ],
  ['escapes are read', '{"\\u0061":["\\"\\n"]}', [{ a: '"\n' }, true]],
  [
    'a number of many digits equals itself',
    '{"a":[0.1234567890123456789]}',
    [{ a: 0.12345678901234568 }, true],
    [{ a: 1 }, false],
  ],
  [
    'zeros at the end of a number are not digits that count',
    '{"a":[{"numeric":["=",1.50000000000000000000]}]}',
    [{ a: 1.5 }, true],
  ],
])('%s', (_, json, ...cases) => {
  test.each(cases)('%j: %s', (event, expected) => {
    expect(compilePattern(json)(event)).toBe(expected);
  });
});

test.each<[unknown, string, boolean]>([
  [{ cidr: '10.0.0.0/24' }, '10.0.0.255', true],
  [{ cidr: '10.0.0.0/24' }, '10.0.1.0', false],
  [{ cidr: '10.0.0.0/24' }, 'text', false],
  [{ cidr: '10.0.0.0/24' }, '10.0.0.256', false],
  [{ cidr: '10.0.0.0/24' }, '::1', false],
  [{ cidr: '10.0.0.0/24' }, '::ffff:a00:1', true],
  [{ cidr: '10.0.0.5/24' }, '10.0.0.4', false],
  [{ cidr: '10.0.0.5/32' }, '10.0.0.5', true],
  [{ cidr: '10.0.0.0/0' }, '255.1.2.3', true],
  [{ cidr: '10.0.0.0/9' }, '10.127.255.255', true],
  [{ cidr: '10.0.0.0/9' }, '10.128.0.0', false],
  [{ cidr: '2001:db8::/32' }, '2001:db8:0:0:1:2:3:4', true],
  [{ cidr: '2001:db8::/32' }, '2001:db9::1', false],
  [{ cidr: '2001:db8::/32' }, '2001::db8::1', false],
  [{ cidr: '2001:db8::/32' }, '2001:db8', false],
  [{ cidr: '2001:db8::/32' }, '2001:db8::12345', false],
  [{ cidr: '2001:db8::/32' }, '1:2:3:4:5:6:7:8:9', false],
  [{ cidr: '2001:db8::/32' }, `${'0'.repeat(100)}:1`, false],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['::1', '::2', false],
  ['::1', 'one', false],
  ['12:30', '12:30', true],
  [{ exactly: 'x' }, 'x', true],
  [{ exactly: '::1' }, '0::1', false],
  [{ 'equals-ignore-case': 'straße' }, 'STRASSE', true],
  [{ 'equals-ignore-case': 'STRASSE' }, 'straße', false],
  [{ 'equals-ignore-case': 'i' }, 'İ', false],
  [{ 'equals-ignore-case': 'k' }, '\u212a', false],
  [{ 'equals-ignore-case': '\u212a' }, 'k', true],
  [{ 'equals-ignore-case': 'οδος' }, 'ΟΔΟΣ', true],
  [{ 'equals-ignore-case': 'ΟΔΟΣ' }, 'οδος', false],
  [{ 'equals-ignore-case': 'paid' }, 'paid ', false],
  [{ suffix: { 'equals-ignore-case': 'aße' } }, 'STRASSE', true],
  [{ suffix: { 'equals-ignore-case': 'aße' } }, 'Strase', false],
  [{ prefix: { 'equals-ignore-case': 'é' } }, 'École', true],
])('%j against %s: %s', (alternative, text, expected) => {
  expect(compilePattern({ a: [alternative] } as never)({ a: text })).toBe(expected);
});

test('absence below a list takes time in proportion to it', () => {
  const below = (values: unknown[]) => ofLine({ a: values, b: values, c: ['x'] });
  for (const pattern of [ofLine({ a: [ABSENT] }), below([ABSENT]), below(['x', ABSENT])]) {
    const matches = compilePattern(pattern as never);
    expectProportion(16_000, (size) => lines(...Array.from({ length: size }, () => ({ M: {} }))), matches);
  }
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
