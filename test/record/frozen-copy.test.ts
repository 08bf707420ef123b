import { expect, test } from 'vitest';
import { frozenCopy } from '../../src/record/frozen-copy.ts';

test('copies and freezes at every depth, and leaves the original unchanged', () => {
  const original = { a: { b: [{ c: 1 }, 'text', null] }, d: undefined };
  const copy = frozenCopy(original);
  expect(copy).toStrictEqual(original);
  for (const [frozen, open] of [
    [copy, original],
    [copy.a, original.a],
    [copy.a.b, original.a.b],
    [copy.a.b[0], original.a.b[0]],
  ]) {
    expect(frozen).not.toBe(open);
    expect(Object.isFrozen(frozen)).toBe(true);
    expect(Object.isFrozen(open)).toBe(false);
  }
});

test('an attribute named __proto__ is an attribute', () => {
  const copy = frozenCopy(JSON.parse('{ "M": { "__proto__": { "S": "x" }, "constructor": { "S": "y" } } }'));
  expect(JSON.stringify(copy)).toBe('{"M":{"__proto__":{"S":"x"},"constructor":{"S":"y"}}}');
  expect(Object.getPrototypeOf(copy.M)).toBe(Object.prototype);
});

test('depth has no limit, and cycles end', () => {
  let deep: object = {};
  for (let level = 0; level < 100_000; level++) deep = { deep };
  let copied: object | undefined = frozenCopy(deep);
  let levels = -1;
  for (; copied !== undefined; levels++) copied = (copied as { deep?: object }).deep;
  expect(levels).toBe(100_000);

  const round: { self?: object } = Object.create(null);
  round.self = round;
  const copy = frozenCopy(round);
  expect(copy.self).toBe(copy);
});

test('an object of a class stays what it is', () => {
  const bytes = Uint8Array.of(1);
  expect(frozenCopy({ bytes }).bytes).toBe(bytes);
});
