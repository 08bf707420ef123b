import { expect, test } from 'vitest';
import { kindOf, shown } from '../../src/options/kind-of.ts';

test.each<[value: unknown, kind: string, shownAs: string]>([
  ['text', 'a string', '"text"'],
  [5, 'a number', '5'],
  [5n, 'a bigint', '5'],
  [true, 'a boolean', 'true'],
  [undefined, 'undefined', 'undefined'],
  [null, 'null', 'null'],
  [[1], 'an array', 'an array'],
  [{ a: 1 }, 'an object', 'an object'],
  [() => {}, 'a function', 'a function'],
  [Symbol('s'), 'a symbol', 'Symbol(s)'],
])('%o is named without its content, or shown as an option', (value, kind, shownAs) => {
  expect(kindOf(value)).toBe(kind);
  expect(shown(value)).toBe(shownAs);
});
