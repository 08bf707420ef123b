import { expect, test } from 'vitest';
import { copyOf } from '../../src/record/copy.ts';

const plain = () => ({
  text: 'a',
  nothing: null,
  list: [1, { n: 2 }, [3]],
  set: new Set(['a', 'b']),
  bytes: new Uint8Array([1, 2]),
  map: new Map([['a', { n: 1 }]]),
  date: new Date(0),
  ...JSON.parse('{ "__proto__": { "n": 1 } }'),
});

test('a copy equals its original, and shares nothing with it', () => {
  const value = { ...plain(), own: Object.defineProperty({}, '__proto__', { value: 1, enumerable: true }) };
  const copy = copyOf(value) as ReturnType<typeof plain>;
  expect(copy).toStrictEqual(value);
  copy.list[1].n = 9;
  copy.set.add('c');
  copy.bytes[0] = 9;
  copy.map.get('a').n = 9;
  copy.date.setTime(9);
  expect(value.list).toEqual([1, { n: 2 }, [3]]);
  expect([...value.set]).toEqual(['a', 'b']);
  expect([...value.bytes]).toEqual([1, 2]);
  expect(value.map.get('a')).toEqual({ n: 1 });
  expect(value.date.getTime()).toBe(0);
});

test('a Buffer, which a schema may make of binary, is copied with its bytes', () => {
  const bytes = Buffer.from([1, 2]);
  const copy = copyOf({ bytes }) as { bytes: Buffer };
  copy.bytes[0] = 9;
  expect([...bytes]).toEqual([1, 2]);
  expect(copy.bytes).toBeInstanceOf(Buffer);
});

test('an attribute named __proto__ stays an attribute', () => {
  const copy = copyOf(JSON.parse('{ "__proto__": { "n": 1 } }')) as object;
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(Object.hasOwn(copy, '__proto__')).toBe(true);
});

test.each([undefined, null, 0, 1n, 'a', true])('%s is its own copy', (value) => {
  expect(copyOf(value)).toBe(value);
});

test('an object without a prototype becomes a plain one', () => {
  expect(copyOf(Object.assign(Object.create(null), { n: 1 }))).toEqual({ n: 1 });
});

test('instances of other classes, subclasses among them, and functions are shared, which is told', () => {
  class Money {}
  class Tags extends Set<string> {}
  class Day extends Date {}
  const value = {
    ...{ url: new URL('https://example.com'), money: new Money(), act: () => 1 },
    ...{ tags: new Tags(), day: new Day(0) },
  };
  let shared = 0;
  const copy = copyOf([value], () => void shared++) as [typeof value];
  for (const name of Object.keys(value) as (keyof typeof value)[]) expect(copy[0][name]).toBe(value[name]);
  expect(shared).toBe(5);
  expect(copyOf(value.money)).toBe(value.money);
});

test('values that can be copied cause no warning', () => {
  copyOf(plain(), () => expect.unreachable());
});
