import { expect, test } from 'vitest';
import { compilePattern, type EventPattern } from '../../src/conditions/compile-pattern.ts';
import { patternWarnings } from '../../src/mapping/pattern-warnings.ts';

const image = (attributes: EventPattern): EventPattern => ({ dynamodb: { NewImage: attributes } });
const undocumented = (name: string, at = 'dynamodb.NewImage.a.S') =>
  `${at}: ${name} is not among what Lambda documents, and may be refused.`;

test.each<[EventPattern, string[]]>([
  [{ eventName: ['INSERT'] }, []],
  [{ userIdentity: { type: [{ prefix: 'S' }] } }, []],
  [
    image({ a: { S: ['x', null, { prefix: 'x' }, { exists: true }, { 'anything-but': { prefix: 'x' } }] } }),
    [],
  ],
  [image({ a: { S: [{ suffix: 'x' }] } }), [undocumented('suffix')]],
  [image({ a: { S: [{ wildcard: 'x*' }, { wildcard: 'y*' }] } }), [undocumented('wildcard')]],
  [image({ a: { S: [{ prefix: { 'equals-ignore-case': 'x' } }] } }), [undocumented('equals-ignore-case')]],
  [image({ a: { S: [{ 'anything-but': { suffix: 'x' } }] } }), [undocumented('suffix')]],
  [
    { $or: [{ eventName: ['INSERT'] }, image({ a: { S: [{ suffix: 'x' }] } })] },
    [undocumented('$or', '$or'), undocumented('suffix')],
  ],
  [
    image({ a: { N: [{ numeric: ['>', 0] }] } }),
    ['dynamodb.NewImage.a.N: N holds a string, which numeric never matches.'],
  ],
  [image({ a: { N: [1] } }), ['dynamodb.NewImage.a.N: N holds a string, which a number never matches.']],
  [image({ a: { N: ['1'] } }), []],
  [{ dynamodb: { SizeBytes: [{ numeric: ['>', 0] }] } }, []],
  [
    image({ a: [{ exists: false }] }),
    [
      'dynamodb.NewImage.a: exists asks for a value and an attribute is an object, so this always matches. Name the type: S.',
    ],
  ],
  [
    { dynamodb: { Keys: { 'a.b': [{ exists: true }] } } },
    [
      'dynamodb.Keys["a.b"]: exists asks for a value and an attribute is an object, so this never matches. Name the type: S.',
    ],
  ],
  [{ dynamodb: [{ exists: true }] }, []],
])('%j', (pattern, expected) => {
  compilePattern(pattern);
  expect(patternWarnings(pattern)).toEqual(expected);
  expect(patternWarnings(JSON.stringify(pattern))).toEqual(expected);
});
