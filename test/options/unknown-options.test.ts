import { describe, expect, test } from 'vitest';
import { kindOf, rejectUnknownOptions } from '../../src/options/unknown-options.ts';

describe('rejectUnknownOptions', () => {
  test.each([{}, { a: 1 }, { a: undefined, b: null }])('takes %o', (options) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).not.toThrow();
  });

  test.each<[unknown, string, string]>([
    [{ c: 1 }, 'UNKNOWN_OPTION', 'owner: c is not an option. Known options: a, b.'],
    [{ a: 1, C: undefined }, 'UNKNOWN_OPTION', 'owner: C is not an option. Known options: a, b.'],
    [{ constructor: 1 }, 'UNKNOWN_OPTION', 'owner: constructor is not an option. Known options: a, b.'],
    [undefined, 'INVALID_OPTION', 'owner: the options have to be an object, got undefined.'],
    [null, 'INVALID_OPTION', 'owner: the options have to be an object, got null.'],
    ['a', 'INVALID_OPTION', 'owner: the options have to be an object, got "a".'],
    [[], 'INVALID_OPTION', 'owner: the options have to be an object, got an array.'],
    [() => {}, 'INVALID_OPTION', 'owner: the options have to be an object, got a function.'],
  ])('refuses %o', (options, code, message) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message, owner: 'owner' }),
    );
  });

  test.each<[unknown, string, string]>([
    [{ c: 1 }, 'c', 'owner: c is not an option. Known options: a, b.'],
    [{ a: 1, C: undefined }, 'C', 'owner: C is not an option. Known options: a, b.'],
  ])('names the option as data: %o', (options, option, message) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'])).toThrow(
      expect.objectContaining({ option, message }),
    );
  });

  test.each<[unknown, string, string]>([
    [{ c: 1 }, 'a.b.c', 'owner: a.b.c is not an option. Known options: a, b.'],
    [7, 'a.b', 'owner: a.b has to be an object, got 7.'],
  ])('names the path of what lies within another option: %o', (options, option, message) => {
    expect(() => rejectUnknownOptions('owner', options, ['a', 'b'], 'a.b')).toThrow(
      expect.objectContaining({ owner: 'owner', option, message }),
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
