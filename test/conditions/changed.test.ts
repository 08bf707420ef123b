import { NumberValueImpl } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { changed, defineTable, streamRouter } from '../../src/index.ts';
import { openRecord } from '../../src/record/lazy-record.ts';
import { type NumberPolicy, numberReader } from '../../src/unmarshall/numbers.ts';
import { contextOf, eventOf, memoryLogger, recordOf } from '../fixtures/events.ts';
import { expectProportion } from '../fixtures/proportion.ts';
import type { AnyChange } from '../fixtures/stored-records.ts';

const exactly = (text: string) => NumberValueImpl.from(text);
const POLICIES: readonly NumberPolicy[] = [
  'number',
  'exact',
  'string',
  BigInt,
  (text) => ({ toString: () => text }),
];

/** A record as the router hands it to conditions. */
async function modified(
  before: unknown,
  after: unknown,
  policy: NumberPolicy = 'number',
): Promise<AnyChange> {
  const imageOf = (value: unknown) => (value === undefined ? {} : { a: value as AttributeValue });
  const raw = recordOf({ eventName: 'MODIFY', oldImage: imageOf(before), newImage: imageOf(after) });
  const toNumber = await numberReader(policy);
  const reading = { toNumber, viewType: 'NEW_AND_OLD_IMAGES' } as const;
  return openRecord(raw, reading) as unknown as AnyChange;
}

describe('changed compares stored values', () => {
  test.each<[unknown, unknown, boolean]>([
    [{ S: 'a' }, { S: 'b' }, true],
    [{ S: 'a' }, { S: 'a' }, false],
    [{ S: '1' }, { N: '1' }, true],
    [{ N: '1' }, { N: '1.0' }, false],
    [{ N: '0.1' }, { N: '0.1000000000000000000001' }, true],
    [{ N: '9007199254740992.1' }, { N: '9007199254740992.2' }, true],
    [{ M: { x: { N: '0.1' } } }, { M: { x: { N: '0.1000000000000000000001' } } }, true],
    [{ S: null, N: '1' }, { N: '1' }, false],
    [{ B: 'AQ==' }, { B: 'AQ==' }, false],
    [{ NS: ['1', '2'] }, { NS: ['2', '1'] }, false],
    [{ NULL: true }, undefined, true],
    [undefined, undefined, false],
  ])('%j and %j: %s', async (before, after, expected) => {
    for (const policy of POLICIES.filter((candidate) => candidate !== BigInt)) {
      expect(changed<AnyChange>('a')(await modified(before, after, policy))).toBe(expected);
    }
  });

  test('before a schema fills in defaults and transforms', async () => {
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) => ({ value: { status: 'OPEN', ...(value as object), total: 0 } }),
      },
    };
    const table = defineTable({ name: 'T', item: schema, keys: ['status'] });
    const seen: string[] = [];
    const router = streamRouter(table, { logger: memoryLogger() })
      .onModify(changed('total'), () => void seen.push('total'))
      .onModify(changed('status', { from: undefined, to: 'OPEN' }), () => void seen.push('status'));
    const images = (before: Record<string, AttributeValue>, after: Record<string, AttributeValue>) =>
      ({ eventName: 'MODIFY', oldImage: before, newImage: after, id: 'a' }) as const;
    const event = eventOf(images({ total: { N: '1' } }, { total: { N: '2' }, status: { S: 'OPEN' } }));
    for (const record of event.Records)
      Object.assign(record.dynamodb as object, { Keys: { status: { S: 'OPEN' } } });
    expect(await router(event, contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['total', 'status']);
  });
});

// A set holds values of one type.
const isNumber = (value: unknown): boolean =>
  !Number.isNaN(Number(value)) && !Array.isArray(value) && typeof value !== 'boolean' && value !== null;

describe('from and to are compared as decimals under every number policy', () => {
  test.each<[string, unknown, boolean]>([
    ['0.1', 0.1, true],
    ['0.1', exactly('0.10'), true],
    ['1E-1', 0.1, true],
    ['0.1000000000000000055511151231257827', 0.1, false],
    ['0.1000000000000000055511151231257827', exactly('0.1000000000000000055511151231257827'), true],
    ['9007199254740993', 9007199254740993n, true],
    ['9007199254740993', 9007199254740992, false],
    ['9007199254740992', 9007199254740992, true],
    ['5', 5, true],
    ['5', 5n, true],
    ['5', true, false],
    ['5', null, false],
    ['5', { N: '5' }, false],
    ['5', [5], false],
  ])('%s and %o: %s', async (text, value, expected) => {
    for (const policy of POLICIES.filter((candidate) => candidate !== BigInt || /^\d+$/.test(text))) {
      for (const [number, like] of [
        [{ N: text }, value],
        [{ L: [{ N: text }] }, [value]],
        [{ M: { x: { N: text } } }, { x: value }],
        ...(isNumber(value) ? [[{ NS: [text, '7'] }, new Set([7, value])]] : []),
      ]) {
        const to = changed<AnyChange>('a', { to: like });
        expect(to(await modified(undefined, number, policy))).toBe(expected);
        const from = changed<AnyChange>('a', { from: like });
        expect(from(await modified(number, undefined, policy))).toBe(expected);
      }
    }
  });

  test.each([
    ['a text', { N: '0.1' }, '0.1'],
    ['a set', { NS: ['0.1', '7'] }, new Set(['7', '0.1'])],
    ['a list', { L: [{ N: '0.1' }, { NULL: true as const }] }, ['0.1', null]],
  ])("as text only where the policy is 'string': %s", async (_, number, to) => {
    const condition = changed<AnyChange>('a', { to });
    expect(condition(await modified(undefined, number, 'string'))).toBe(true);
    expect(condition(await modified(undefined, number, 'number'))).toBe(false);
  });

  test('not as another text, nor as a text that is stored', async () => {
    const condition = changed<AnyChange>('a', { to: '0.1' });
    expect(condition(await modified(undefined, { N: '0.2' }, 'string'))).toBe(false);
    expect(condition(await modified(undefined, { S: '0.10' }, 'string'))).toBe(false);
  });
});

test('binary in from and to may be a Buffer or a Uint8Array, also in sets, lists and maps', async () => {
  for (const bytes of [Buffer.from([2]), Uint8Array.of(2), Buffer.from([1, 2, 3]).subarray(1, 2)]) {
    for (const [value, like] of [
      [{ B: 'Ag==' }, bytes],
      [{ BS: ['AQ==', 'Ag=='] }, new Set([bytes, Buffer.from([1])])],
      [{ L: [{ B: 'Ag==' }] }, [bytes]],
      [{ M: { x: { B: 'Ag==' } } }, { x: bytes }],
    ]) {
      expect(changed<AnyChange>('a', { to: like })(await modified(undefined, value))).toBe(true);
      expect(changed<AnyChange>('a', { from: like })(await modified(value, undefined))).toBe(true);
    }
  }
});

describe('a record that cannot be compared fails alone', () => {
  test.each<[string, unknown, unknown, object]>([
    ['a malformed attribute', { N: 'x' }, { N: '1' }, { code: 'INVALID_ATTRIBUTE_VALUE', path: 'a' }],
    [
      'an attribute that is not an AttributeValue',
      null,
      { N: '1' },
      { code: 'INVALID_ATTRIBUTE_VALUE', path: 'a' },
    ],
  ])('%s', async (_, before, after, error) => {
    const record = await modified(before, after);
    expect(() => changed<AnyChange>('a')(record)).toThrow(expect.objectContaining(error));
  });

  test.each([
    ['an image that is a text', 'text', { code: 'INVALID_ATTRIBUTE_VALUE', path: '(item)' }],
    ['an image that is null', null, { code: 'MISSING_IMAGE' }],
  ])('%s', async (_, OldImage, error) => {
    const record = await modified({ N: '1' }, { N: '1' });
    const raw = recordOf({ eventName: 'MODIFY' });
    Object.assign(raw.dynamodb as object, { OldImage });
    const toNumber = await numberReader('number');
    const opened = openRecord(raw, { toNumber, viewType: 'NEW_AND_OLD_IMAGES' });
    expect(() => changed<AnyChange>('a')(opened as unknown as AnyChange)).toThrow(
      expect.objectContaining(error),
    );
    expect(changed<AnyChange>('a')(record)).toBe(false);
  });

  test('an image that the view type does not carry', async () => {
    const raw = recordOf({ eventName: 'MODIFY', viewType: 'NEW_IMAGE' });
    const toNumber = await numberReader('number');
    const opened = openRecord(raw, { toNumber, viewType: 'NEW_IMAGE' });
    expect(() => changed<AnyChange>('a')(opened as unknown as AnyChange)).toThrow(
      expect.objectContaining({ code: 'MISSING_IMAGE', message: expect.stringContaining('onModify') }),
    );
  });
});

test('to compare sets in another order takes time in proportion to them', async () => {
  const toNumber = await numberReader('exact');
  const valuesOf = (size: number) =>
    Array.from({ length: size }, (_, index) => `9007199254740993.${index + 1}`);
  expectProportion(
    4000,
    (size) => {
      const values = valuesOf(size);
      const base64 = values.map((value) => Buffer.from(value).toString('base64'));
      const imageOf = (order: <T>(list: T[]) => T[]) => ({
        NS: { NS: order(values) },
        BS: { BS: order(base64) },
      });
      return recordOf({
        eventName: 'MODIFY',
        oldImage: imageOf((list) => list),
        newImage: imageOf((list) => list.toReversed()),
      });
    },
    (raw) => {
      const record = openRecord(raw, { toNumber, viewType: 'NEW_AND_OLD_IMAGES' });
      for (const name of ['NS', 'BS']) {
        expect(changed<AnyChange>(name)(record as unknown as AnyChange)).toBe(false);
      }
    },
  );
});
