import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { builtInOf, kindOf, shown } from '../../src/options/kind-of.ts';

test.each<[value: unknown, kind: string, shownAs: string]>([
  ['text', 'a string', '"text"'],
  [5, 'a number', '5'],
  [5n, 'a bigint', '5n'],
  [true, 'a boolean', 'true'],
  [undefined, 'undefined', 'undefined'],
  [null, 'null', 'null'],
  [[1], 'an array', 'an array'],
  [{ a: 1 }, 'an object', 'an object'],
  [() => {}, 'a function', 'a function'],
  [Symbol('s'), 'a symbol', 'Symbol(s)'],
  [Promise.resolve(), 'an object', 'a Promise'],
  [new Map(), 'an object', 'a Map'],
  [new Error('secret'), 'an object', 'an Error'],
  [new URL('http://a'), 'an object', 'a URL'],
  [new (class Options {})(), 'an object', 'an object'],
])('%o is named without its content, or shown as an option', (value, kind, shownAs) => {
  expect(kindOf(value)).toBe(kind);
  expect(shown(value)).toBe(shownAs);
});

test.each<[what: string, value: unknown]>([
  ['text', 'x'.repeat(1_000_000)],
  ['digits', 10n ** 10_000n],
  ['a symbol', Symbol('x'.repeat(1_000_000))],
  ['the name of a kind', { [Symbol.toStringTag]: 'X'.repeat(1_000_000) }],
])('of %s that would fill a log the beginning is shown', (_, value) => {
  expect(shown(value)).toMatch(/\.\.\."?$/);
  expect(shown(value).length).toBeLessThan(250);
});

test.each<[what: string, value: object, name: string | undefined]>([
  ['an object', {}, undefined],
  ['an object without a prototype', Object.create(null), undefined],
  ['an instance of a class', new (class Options {})(), undefined],
  ['a module', await import('../../src/options/kind-of.ts'), undefined],
  ['a list', [], undefined],
  ['a promise', Promise.resolve(), 'a Promise'],
  ['a promise of another realm', runInNewContext('Promise.resolve()'), 'a Promise'],
  ['a date', new Date(), 'a Date'],
  ['a typed array', new Uint8Array(), 'a Uint8Array'],
])('%s is a built-in or is not', (_, value, name) => {
  expect(builtInOf(value)).toBe(name);
});
