import { describe, expect, test } from 'vitest';
import { compilePattern, type EventPattern } from '../../src/conditions/compile-pattern.ts';
import { patternWarnings } from '../../src/conditions/pattern-warnings.ts';

const image = (attributes: EventPattern): EventPattern => ({ dynamodb: { NewImage: attributes } });

function warningsFor(pattern: EventPattern): readonly string[] {
  compilePattern(pattern);
  const warnings = patternWarnings(pattern).map(({ code, message }) => `${code} ${message}`);
  expect(patternWarnings(JSON.stringify(pattern)).map(({ code, message }) => `${code} ${message}`)).toEqual(
    warnings,
  );
  return warnings;
}

describe('of nothing is warned in', () => {
  test.each<EventPattern>([
    { eventName: ['INSERT', { prefix: 'MOD' }, { 'anything-but': 'REMOVE' }] },
    { userIdentity: { type: [{ prefix: 'S' }], principalId: ['dynamodb.amazonaws.com'] } },
    image({
      a: { S: ['x', { prefix: 'x' }, { suffix: 'x' }, { exists: true }, { 'equals-ignore-case': 'x' }] },
    }),
    image({ a: { N: ['1', { 'anything-but': '2' }, { exists: false }] } }),
    image({ a: { BOOL: [true], SS: [{ 'anything-but': ['x'] }], NULL: [true] } }),
    image({ a: { M: { b: { L: { S: ['x'] } } } } }),
    image({ a: { L: { L: { M: { b: { NS: ['1'] } } } } } }),
    { dynamodb: { SizeBytes: [{ numeric: ['>', 0] }, { 'anything-but': 5 }, 7] } },
    { $or: [{ eventName: ['INSERT'] }, image({ a: { S: ['x'] } })] },
    { 'dynamodb.NewImage': { a: { S: ['x'] } } },
    { body: [{ exists: false }] },
  ])('%j', (pattern) => {
    expect(warningsFor(pattern)).toEqual([]);
  });
});

describe('a pattern that can never match is warned of', () => {
  test.each<[EventPattern, string]>([
    [
      image({ status: ['PAID'] }),
      'dynamodb.NewImage.status: a string tests a value, but the field holds an object',
    ],
    [image({ status: ['PAID'] }), 'Name its type'],
    [image({ status: [{ prefix: 'P' }] }), 'prefix tests a value'],
    [image({ status: [{ 'anything-but': 'PAID' }] }), 'anything-but tests a value'],
    [image({ status: [null] }), 'null tests a value'],
    [image({ status: [{ exists: true }] }), 'exists tests a value'],
    [image({ status: { s: ['PAID'] } }), 'dynamodb.NewImage.status.s: this never matches'],
    [image({ address: { country: { S: ['x'] } } }), 'dynamodb.NewImage.address.country: this never matches'],
    [
      image({ a: { S: { b: ['x'] } } }),
      'dynamodb.NewImage.a.S.b: this never matches, because the field holds a string',
    ],
    [image({ a: { M: ['x'] } }), 'dynamodb.NewImage.a.M: a string tests a value'],
    [image({ a: { L: ['x'] } }), 'Name the type of its elements'],
    [image({ a: { BOOL: ['true'] } }), 'dynamodb.NewImage.a.BOOL: a string never matches'],
    [image({ a: { BOOL: [{ prefix: 't' }] } }), 'prefix never matches'],
    [image({ a: { NULL: [null] } }), 'null never matches'],
    [image({ a: { NULL: [false] } }), 'true or false never matches, because the field is one of true'],
    [image({ a: { S: [null] } }), 'null never matches, because the field holds a string'],
    [image({ a: { S: [true] } }), 'true or false never matches'],
    [
      image({ a: { N: [1] } }),
      'dynamodb.NewImage.a.N: a number never matches, because the field holds a string',
    ],
    [image({ a: { N: [{ numeric: ['>', 0] }] } }), 'dynamodb.NewImage.a.N: numeric never matches'],
    [{ dynamodb: { Keys: { 'a.b': ['x'] } } }, 'dynamodb.Keys["a.b"]: a string tests a value'],
    [
      { dynamodb: { SizeBytes: ['7'] } },
      'dynamodb.SizeBytes: a string never matches, because the field holds a number',
    ],
    [{ dynamodb: { newImage: { a: { S: ['x'] } } } }, 'dynamodb.newImage: this never matches'],
    [{ dynamodb: [{ exists: true }] }, 'dynamodb: exists tests a value'],
    [{ body: { status: ['PAID'] } }, 'body: this never matches, because records have no field body there'],
    [{ newImage: { a: { S: ['x'] } } }, 'Its fields are eventID, eventName'],
    [{ eventName: ['Insert'] }, 'eventName: a string never matches, because the field is one of "INSERT"'],
    [{ eventName: [{ prefix: 'D' }] }, 'prefix never matches'],
    [{ $or: [{ eventName: ['Insert'] }, { eventName: ['MODIFY'] }] }, 'eventName: a string never matches'],
    [{ 'dynamodb.newImage': { a: ['x'] } }, 'dynamodb.newImage: this never matches'],
  ])('%j: %s', (pattern, message) => {
    const [warning, ...others] = warningsFor(pattern);
    expect(warning).toMatch(/^NEVER_MATCHES /);
    expect(warning).toContain(message);
    expect(others).toEqual([]);
  });

  test('with a number of many digits', () => {
    expect(patternWarnings('{"eventID":[0.1234567890123456789]}')).toMatchObject([{ code: 'NEVER_MATCHES' }]);
  });
});

test.each<[EventPattern, string]>([
  [
    image({ a: [{ exists: false }] }),
    'exists tests a value, but the field holds an object, so it always matches',
  ],
  [image({ a: { N: [{ 'anything-but': 5 }] } }), 'anything-but of a number matches any value'],
  [image({ a: { N: [{ 'anything-but': [5, 6] }] } }), 'anything-but of a number matches any value'],
])('a pattern that always matches is warned of: %j', (pattern, message) => {
  expect(warningsFor(pattern)).toEqual([expect.stringMatching(/^ALWAYS_MATCHES /)]);
  expect(warningsFor(pattern)[0]).toContain(message);
});

test.each<[EventPattern, string]>([
  [image({ a: { S: [{ wildcard: 'x*' }, { wildcard: 'y*' }] } }), 'wildcard'],
  [image({ a: { S: [{ cidr: '10.0.0.0/8' }] } }), 'cidr'],
  [image({ a: { S: [{ exactly: 'x' }] } }), 'exactly'],
  [image({ a: { S: [{ prefix: { 'equals-ignore-case': 'x' } }] } }), 'equals-ignore-case within prefix'],
  [image({ a: { S: [{ 'anything-but': { suffix: 'x' } }] } }), 'suffix within anything-but'],
])('a comparison that Lambda does not document is warned of: %j', (pattern, what) => {
  expect(warningsFor(pattern)).toEqual([
    `UNDOCUMENTED_OPERATOR dynamodb.NewImage.a.S: Lambda does not document ${what} and may refuse it.`,
  ]);
});
