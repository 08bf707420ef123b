import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { isSameValue } from '../../src/record/same-value.ts';
import { expectProportion } from '../fixtures/proportion.ts';

const exactly = (text: string) => NumberValueImpl.from(text);
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): object };
const bytes = (...values: number[]) => Uint8Array.from(values);

class Money {
  readonly cents: bigint;
  constructor(cents: bigint) {
    this.cents = cents;
  }
}

/** Each row has values that are the same, and that differ from those of all other rows. */
const VALUES: readonly (readonly unknown[])[] = [
  [undefined],
  [null],
  [true],
  [false],
  [''],
  ['1'],
  ['0.1'],
  [1, 1n, exactly('1'), exactly('1.0'), rawJSON('1')],
  [0.1, exactly('0.10'), exactly('1e-1'), rawJSON('0.1')],
  [exactly('0.1000000000000000055511151231257827')],
  [9007199254740993n, exactly('9007199254740993')],
  [9007199254740992, 9007199254740992n],
  [bytes(1, 2), Buffer.from([1, 2]), new Uint8Array([0, 1, 2]).subarray(1)],
  [bytes(1)],
  [bytes()],
  [[], []],
  [
    [1, 'a'],
    [1n, 'a'],
  ],
  [['a', 1]],
  [{}, Object.create(null)],
  [
    { a: 1, b: [bytes(1)] },
    { b: [Buffer.from([1])], a: exactly('1') },
  ],
  [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1.0}')],
  [{ a: 1 }, { a: 1n }],
  [{ b: 1 }],
  [{ a: undefined }],
  [new Set(), new Set()],
  [new Set(['a', 'b']), new Set(['b', 'a'])],
  [new Set(['1'])],
  [new Set([1, 2]), new Set([2n, exactly('1')])],
  [new Set([bytes(1), bytes(2)]), new Set([Buffer.from([2]), Buffer.from([1])])],
  [new Set([bytes(1), bytes(3)])],
  [new Set([true])],
  [new Money(1n), new Money(1n)],
  [new Money(2n)],
  [new Date(0), new Date(0)],
];

describe('values are the same in every form that they come in, and differ from all others', () => {
  test.each(VALUES.map((row, index) => ({ row, index })))('$row', ({ row, index }) => {
    for (const value of row) {
      for (const other of row) expect(isSameValue(value, other)).toBe(true);
      for (const [at, others] of VALUES.entries()) {
        if (at === index) continue;
        for (const other of others) expect(isSameValue(value, other), `row ${at}`).toBe(false);
      }
    }
  });
});

test('the time of a comparison is in proportion to lists, maps and sets', () => {
  const many = (size: number, elementOf: (index: number) => unknown) =>
    Array.from({ length: size }, (_, index) => elementOf(index));
  const itemOf = (size: number, order: (values: unknown[]) => unknown[]) => ({
    texts: new Set(order(many(size, String))),
    numbers: new Set(order(many(size, (index) => exactly(`${index}.5`)))),
    binary: new Set(order(many(size, (index) => bytes(index, index >> 8, index >> 16)))),
    list: many(size, (index) => ({ index })),
    map: Object.fromEntries(order(many(size, (index) => [`a${index}`, index])) as [string, number][]),
    digits: exactly(`1.${'0'.repeat(size)}1`),
  });
  expectProportion(
    3000,
    (size) => [itemOf(size, (values) => values), itemOf(size, (values) => values.toReversed())] as const,
    ([value, other]) => expect(isSameValue(value, other)).toBe(true),
  );
});
