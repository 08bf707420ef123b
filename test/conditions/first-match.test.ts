import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMatch } from '../../src/conditions/compile-match.ts';
import { firstMatch } from '../../src/conditions/first-match.ts';
import { missing } from '../../src/conditions/presence-matchers.ts';
import { prefix } from '../../src/conditions/text-matchers.ts';
import { UnmarshallError } from '../../src/errors.ts';

const compile = (pattern: object) => compileMatch(pattern, { owner: 'test' });

describe('the first pattern that matches', () => {
  test.each<[string, readonly object[], number]>([
    ['the first of two that match', [{ a: prefix('x') }, { a: 'xy' }], 0],
    ['a later one on the same attribute', [{ a: 'x' }, { a: 'y' }, { a: 'xy' }], 2],
    ['a later one on another attribute', [{ a: 'x' }, { b: 'z' }], 1],
    [
      'not one of which a part does not match',
      [
        { a: 'xy', b: 'y' },
        { a: 'xy', b: 'z' },
      ],
      1,
    ],
    ['one that asks for a missing attribute', [{ c: 'x' }, { c: missing() }], 1],
    ['none', [{ a: 'x' }, { constructor: prefix('') }], -1],
  ])('is %s', (_, patterns, index) => {
    expect(firstMatch(patterns.map(compile))({ a: { S: 'xy' }, b: { S: 'z' } }, Number)).toBe(index);
  });

  test('is false without an image', () => {
    expect(firstMatch([compile({ a: missing() })])(undefined, Number)).toBe(-1);
  });

  test('is the one that each pattern alone finds', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const value = fc.constantFrom('x', 'y');
    const pattern = fc.dictionary(name, fc.oneof(value, fc.constant(missing())), { minKeys: 1 });
    const image = fc.dictionary(
      name,
      value.map((S): AttributeValue => ({ S })),
    );
    fc.assert(
      fc.property(fc.array(pattern), image, (patterns, stored) => {
        const matches = patterns.map(compile);
        expect(firstMatch(matches)(stored, Number)).toBe(
          matches.findIndex((match) => match.test(stored, Number)),
        );
      }),
    );
  });
});

test.each<[string, unknown, string]>([
  ['an attribute that no handler could read', { a: { S: 'x' }, b: { S: 1 } }, 'The attribute b cannot'],
  ['what came in the place of an image', 'no image', 'cannot be unmarshalled'],
])('names %s', (_, image, message) => {
  const find = () => firstMatch([compile({ a: 'y' }), compile({ b: prefix('z') })])(image as never, Number);

  expect(find).toThrow(UnmarshallError);
  expect(find).toThrow(message);
});
