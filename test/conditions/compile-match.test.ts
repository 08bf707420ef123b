import { describe, expect, test } from 'vitest';
import { attributesOf, compileMatch } from '../../src/conditions/compile-match.ts';
import { atLeast, between, contains, missing, prefix, wildcard } from '../../src/index.ts';

const compile = (pattern: unknown) =>
  compileMatch(
    pattern,
    { owner: 'defineTable', option: 'entities.order.match', code: 'INVALID_TABLE' },
    (name) => name === 'pk',
  );

const IMAGE = {
  pk: { S: 'C-1' },
  sk: { S: 'ORDER#1#LINE#2' },
  total: { N: '100.0' },
  address: { M: { country: { S: 'DE' } } },
  lines: { L: [{ M: { sku: { S: 'A-1' }, price: { N: '4' } } }] },
  tags: { SS: ['a', 'b'] },
  'a.b': { BOOL: true },
};

describe('a pattern matches an item if all of its entries match', () => {
  test.each<[string, object, boolean]>([
    ['all', { sk: wildcard('ORDER#*#LINE#*'), total: atLeast(100), tags: contains('a') }, true],
    ['one does not match', { sk: prefix('ORDER#'), total: atLeast(101) }, false],
    ['a path into a map', { 'address.country': 'DE' }, true],
    ['a nested pattern', { address: { country: 'DE' } }, true],
    ['a nested pattern with another value', { address: { country: 'US' } }, false],
    ['a path into a list', { 'lines[0].price': between(3, 4) }, true],
    ['a path past the end of a list', { 'lines[1].price': missing() }, true],
    ['a path below text', { 'sk.country': missing() }, true],
    ['an element of a list', { lines: contains({ sku: 'A-1' }) }, true],
    ['a name with a dot', { '["a.b"]': true }, true],
    ['an attribute that is inherited', { constructor: missing() }, true],
  ])('%s', (_, pattern, expected) => {
    expect(compile(pattern).test(IMAGE)).toBe(expected);
  });

  test('and no image matches nothing', () => {
    expect(compile({ note: missing() }).test(undefined)).toBe(false);
  });

  test('and says which attributes it reads', () => {
    expect(attributesOf(compile({ 'address.country': 'DE', address: { city: 'B' }, sk: 'x' }))).toEqual([
      'address',
      'sk',
    ]);
  });
});

test('a value that is not an image fails', () => {
  expect(() => compile({ note: missing() }).test('text' as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_ATTRIBUTE_VALUE', path: '(item)' }),
  );
});

const HOLDS_ITSELF: Record<string, unknown> = {};
HOLDS_ITSELF.self = HOLDS_ITSELF;

function nested(levels: number): object {
  let pattern: object = { a: 1 };
  for (let level = 1; level < levels; level++) pattern = { a: pattern };
  return pattern;
}

test('a pattern may nest as deep as items are read', () => {
  expect(() => compile(nested(100))).not.toThrow();
});

test.each<[string, unknown, string]>([
  ['an empty pattern', {}, 'entities.order.match names no attribute.'],
  [
    'a path into a key attribute',
    { 'pk.x': 1 },
    'entities.order.match.pk.x goes into pk: a key attribute holds',
  ],
  [
    'a value that is not stored',
    { sk: undefined },
    'entities.order.match.sk has to be a value that DynamoDB stores',
  ],
  ['a pattern that holds itself', HOLDS_ITSELF, 'entities.order.match nests deeper than 100 levels.'],
  ['a pattern of 20,000 levels', nested(20_000), 'entities.order.match nests deeper than 100 levels.'],
  [
    'a symbol as a name',
    { sk: 'A', [Symbol('type')]: 'B' },
    'entities.order.match has to name attributes by their paths, such as status, lines[0].price or ["a.b"], got Symbol(type)',
  ],
  [
    'a symbol as a name within a map',
    { address: { city: 'A', [Symbol('type')]: 'B' } },
    'entities.order.match.address has to name attributes by their paths',
  ],
  [
    'a matcher that went through JSON',
    { sk: JSON.parse(JSON.stringify(prefix('A'))) },
    'entities.order.match.sk has to be a value that DynamoDB stores, or a matcher such as missing(), got an object.',
  ],
  ['a matcher of null', { sk: { '~matcher': null } }, 'entities.order.match.sk has to be a value'],
])('%s is refused in the words and with the code of the place', (_, pattern, message) => {
  expect(() => compile(pattern)).toThrow(
    expect.objectContaining({
      name: 'ConfigurationError',
      code: 'INVALID_TABLE',
      message: expect.stringContaining(`defineTable: ${message}`),
    }),
  );
});
