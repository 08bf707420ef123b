import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonTextOf, nestsDeeper } from '../../src/item/json-text.ts';
import { expectProportion } from '../fixtures/proportion.ts';

const LEVELS = 20_000;

/** JSON of many levels around a value, which JSON.stringify cannot write. */
const deepText = (inner: string, levels = LEVELS) =>
  `${'{"L":['.repeat(levels)}${inner}${']}'.repeat(levels)}`;

describe('JSON text', () => {
  test('is that of JSON.stringify, also beneath more levels than the stack has room for', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(jsonTextOf(value)).toBe(text);
        expect(jsonTextOf(JSON.parse(deepText(text)))).toBe(deepText(text));
      }),
      { numRuns: 5 },
    );
  });

  test('leaves out undefined attributes', () => {
    const value = JSON.parse(deepText('{"a":1,"b":2}'));
    let inner = value;
    while (inner.L !== undefined) inner = inner.L[0];
    inner.a = undefined;
    expect(jsonTextOf(value)).toBe(deepText('{"b":2}'));
  });

  test('of what JSON cannot hold is refused as by JSON.stringify', () => {
    expect(() => jsonTextOf({ a: 1n })).toThrow(TypeError);
  });

  test('takes time in proportion to the value', () => {
    expectProportion(20_000, (levels) => JSON.parse(deepText('1', levels)), jsonTextOf);
  });
});

test.each([
  [1, 0, false],
  [{}, 1, false],
  [[1], 1, false],
  [[[1]], 1, true],
  [{ a: { b: [] }, c: 1 }, 2, false],
  [{ a: { b: [null] }, c: 1 }, 2, true],
])('that %j nests deeper than %i levels is %s', (value, levels, expected) => {
  expect(nestsDeeper(value, levels)).toBe(expected);
});
