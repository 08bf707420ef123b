import { describe, expect, test } from 'vitest';
import { kindOf, rejectUnknownOptions } from '../../src/options/unknown-options.ts';

describe('rejectUnknownOptions', () => {
  test.each([{}, { a: 1 }, { a: undefined, b: null }])('takes %o', (options) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).not.toThrow();
  });

  test.each<[unknown, string, string]>([
    [{ c: 1 }, 'UNKNOWN_OPTION', 'owner: there is no option c. Known options: a, b.'],
    [{ a: 1, C: undefined }, 'UNKNOWN_OPTION', 'owner: there is no option C. Known options: a, b.'],
    [{ constructor: 1 }, 'UNKNOWN_OPTION', 'owner: there is no option constructor. Known options: a, b.'],
    [undefined, 'INVALID_OPTION', 'owner: the options have to be an object, got undefined.'],
    [null, 'INVALID_OPTION', 'owner: the options have to be an object, got null.'],
    ['a', 'INVALID_OPTION', 'owner: the options have to be an object, got "a".'],
    [[], 'INVALID_OPTION', 'owner: the options have to be an object, got an array.'],
    [() => {}, 'INVALID_OPTION', 'owner: the options have to be an object, got a function.'],
  ])('refuses %o', (options, code, message) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message }),
    );
  });
});

test.each<[unknown, string]>([
  ['text', '"text"'],
  [5, '5'],
  [5n, '5'],
  [true, 'true'],
  [undefined, 'undefined'],
  [null, 'null'],
  [[1], 'an array'],
  [{ a: 1 }, 'an object'],
  [() => {}, 'a function'],
  [Symbol('s'), 'Symbol(s)'],
])('kindOf names %o', (value, name) => {
  expect(kindOf(value)).toBe(name);
});
