import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { type Change, type ChangedRecord, changes, InvalidRecordError } from '../../src/index.ts';
import { expectProportion } from '../fixtures/proportion.ts';

const modified = (oldImage: object, newImage: object) => changes({ eventName: 'MODIFY', oldImage, newImage });
const added = (path: string, after: unknown): Change => ({ path, kind: 'added', before: undefined, after });
const removed = (path: string, before: unknown): Change => ({
  path,
  kind: 'removed',
  before,
  after: undefined,
});
const different = (path: string, before: unknown, after: unknown): Change => ({
  path,
  kind: 'changed',
  before,
  after,
});

const exactly = (text: string) => NumberValueImpl.from(text);

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

describe('changes lists what a modification changed', () => {
  test.each<[string, object, object, Change[]]>([
    ['nothing', { a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, []],
    ['a value', { a: 1, b: 2 }, { a: 1, b: 3 }, [different('b', 2, 3)]],
    ['an attribute that appeared', {}, { a: { b: 1 } }, [added('a', { b: 1 })]],
    ['an attribute that went away', { a: [1], b: 2 }, { b: 2 }, [removed('a', [1])]],
    ['null instead of absent', {}, { a: null }, [added('a', null)]],
    ['absent instead of null', { a: null }, {}, [removed('a', null)]],
    ['a type', { a: '1' }, { a: 1 }, [different('a', '1', 1)]],
    ['a number and the same bigint', { a: 1 }, { a: 1n }, []],
    ['one number in two forms', { a: exactly('1.50') }, { a: exactly('15e-1') }, []],
    [
      'numbers that are one as doubles',
      { a: exactly('0.1') },
      { a: exactly('0.10000000000000000000001') },
      [different('a', exactly('0.1'), exactly('0.10000000000000000000001'))],
    ],
    [
      'equal sets of exact numbers in another order',
      { s: new Set([1, exactly('9007199254740993')]) },
      { s: new Set([exactly('9007199254740993.0'), 1]) },
      [],
    ],
    ['a Buffer and the same bytes', { b: Uint8Array.of(1) }, { b: Buffer.from([1]) }, []],
    ['an empty list and an empty map', { a: [] }, { a: {} }, [different('a', [], {})]],
    ['an empty text and null', { a: '' }, { a: null }, [different('a', '', null)]],
    [
      'a nested map',
      { card: { number: 1, name: 'x' } },
      { card: { number: 2, name: 'x' } },
      [different('card.number', 1, 2)],
    ],
    [
      'a nested map, all three kinds',
      { m: { gone: 1, same: 2, other: 3 } },
      { m: { same: 2, other: 4, come: 5 } },
      [different('m.other', 3, 4), added('m.come', 5), removed('m.gone', 1)],
    ],
    [
      'maps in a list',
      { lines: [{ price: 1 }, { price: 2 }, { price: 3 }] },
      { lines: [{ price: 1 }, { price: 2 }, { price: 4 }] },
      [different('lines[2].price', 3, 4)],
    ],
    ['a longer list', { l: [1] }, { l: [1, 2, 3] }, [added('l[1]', 2), added('l[2]', 3)]],
    [
      'a shorter list',
      { l: [1, 2, 3] },
      { l: [0] },
      [different('l[0]', 1, 0), removed('l[1]', 2), removed('l[2]', 3)],
    ],
    ['a list instead of a map', { a: { 0: 'x' } }, { a: ['x'] }, [different('a', { 0: 'x' }, ['x'])]],
    ['equal sets in another order', { s: new Set(['a', 'b']) }, { s: new Set(['b', 'a']) }, []],
    [
      'other sets, whole',
      { s: new Set([1]) },
      { s: new Set([1, 2]) },
      [different('s', new Set([1]), new Set([1, 2]))],
    ],
    ['a set instead of a list', { s: [1] }, { s: new Set([1]) }, [different('s', [1], new Set([1]))]],
    ['equal binary', { b: Uint8Array.of(1, 2) }, { b: Uint8Array.of(1, 2) }, []],
    [
      'other binary, whole',
      { b: Uint8Array.of(1, 2) },
      { b: Uint8Array.of(1, 3) },
      [different('b', Uint8Array.of(1, 2), Uint8Array.of(1, 3))],
    ],
    [
      'equal sets of binary',
      { s: new Set([Uint8Array.of(1), Uint8Array.of(2)]) },
      { s: new Set([Uint8Array.of(2), Uint8Array.of(1)]) },
      [],
    ],
    ['equal objects of a class', { m: new Money(1) }, { m: new Money(1) }, []],
    [
      'other objects of a class, whole',
      { m: new Money(1) },
      { m: new Money(2) },
      [different('m', new Money(1), new Money(2))],
    ],
    ['names that look like paths', { 'a.b': 1 }, { 'a.b': 2 }, [different('["a.b"]', 1, 2)]],
    ['an attribute named constructor', {}, { constructor: 1 }, [added('constructor', 1)]],
    [
      'an attribute named __proto__',
      JSON.parse('{"__proto__":{"a":1}}'),
      JSON.parse('{"__proto__":{"a":2}}'),
      [different('__proto__.a', 1, 2)],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(modified(before, after)).toStrictEqual(expected);
  });

  test('and leaves the images as they were', () => {
    const [before, after] = [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }, 4] }];
    const copies = structuredClone([before, after]);
    expect(modified(before, after)).toHaveLength(2);
    expect([before, after]).toStrictEqual(copies);
  });
});

test('an inserted item was added, attribute by attribute', () => {
  const newImage = { id: 'a', nested: { b: 1 } };
  expect(changes({ eventName: 'INSERT', newImage })).toStrictEqual([
    added('id', 'a'),
    added('nested', { b: 1 }),
  ]);
});

test('a removed item was removed, attribute by attribute', () => {
  const oldImage = { id: 'a', list: [1] };
  expect(changes({ eventName: 'REMOVE', oldImage })).toStrictEqual([
    removed('id', 'a'),
    removed('list', [1]),
  ]);
});

describe('without the images there are no changes to report, and that is not the same as no changes', () => {
  test.each([
    ['INSERT', { eventName: 'INSERT' }, 'the image'],
    ['REMOVE', { eventName: 'REMOVE' }, 'the image'],
    ['MODIFY without either', { eventName: 'MODIFY' }, 'both images'],
    ['MODIFY without the old one', { eventName: 'MODIFY', newImage: {} }, 'both images'],
    ['MODIFY without the new one', { eventName: 'MODIFY', oldImage: {} }, 'both images'],
  ])('%s', (_, record, needed) => {
    const attempt = () => changes(record as unknown as ChangedRecord);
    expect(attempt).toThrow(InvalidRecordError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'MISSING_IMAGE' }));
    expect(attempt).toThrow(new RegExp(`${needed}.*NEW_AND_OLD_IMAGES`));
  });
});

describe('to compare sets in another order takes time in proportion to them', () => {
  test.each<[string, (index: number) => unknown]>([
    ['texts', String],
    ['binary', (index) => Uint8Array.of(index, index >> 8, index >> 16)],
    ['exact numbers', (index) => exactly(`9007199254740993.${index + 1}`)],
  ])('of %s', (_, elementOf) => {
    expectProportion(
      6000,
      (size) => {
        const indices = Array.from({ length: size }, (_none, index) => index);
        const setOf = (order: number[]) => ({ s: new Set(order.map(elementOf)) });
        return [setOf(indices), setOf(indices.toReversed())] as const;
      },
      ([before, after]) => expect(modified(before, after)).toEqual([]),
    );
  });
});

describe('below a path of 500 characters', () => {
  const below = (value: unknown, ...names: string[]) =>
    names.reduceRight((inner, name) => ({ [name]: inner }), value) as object;

  test('a map or list is reported whole', () => {
    const long = 'x'.repeat(500);
    expect(modified(below({ a: 1, b: 2 }, long), below({ a: 1, b: 3 }, long))).toEqual([
      different(long, { a: 1, b: 2 }, { a: 1, b: 3 }),
    ]);
    expect(modified(below([1, 2], long), below([1], long))).toEqual([different(long, [1, 2], [1])]);
    expect(modified(below({ a: 1, b: 2 }, long), below({ b: 2, a: 1 }, long))).toEqual([]);
  });

  test('and above it, each change', () => {
    const name = 'x'.repeat(490);
    expect(modified(below({ a: 1, b: [2] }, name), below({ a: 2, b: [3] }, name))).toEqual([
      different(`${name}.a`, 1, 2),
      different(`${name}.b[0]`, 2, 3),
    ]);
  });

  test('so all paths together are in proportion to the names', () => {
    const names = Array.from({ length: 30 }, (_, index) => String(index).repeat(1000));
    const leaves = (value: number) =>
      Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, value]));
    const found = modified(below(leaves(1), ...names), below(leaves(2), ...names));
    expect(found.reduce((length, { path }) => length + path.length, 0)).toBeLessThan(30_000);
  });
});
