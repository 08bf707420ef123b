import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineTable, itemOf, streamRouter } from '../../src/index.ts';
import { isTable } from '../../src/table/table.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
}

describe('defineTable declares a table once', () => {
  test('with the item as a type: there is nothing to check', () => {
    const table = defineTable({
      name: 'Invoices',
      item: itemOf<Invoice>(),
      keys: ['customerId', 'invoiceId'],
      viewType: 'NEW_IMAGE',
    });
    expect(table).toEqual({
      '~table': expect.any(Symbol),
      name: 'Invoices',
      keys: ['customerId', 'invoiceId'],
      viewType: 'NEW_IMAGE',
      schema: undefined,
    });
    expect(isTable(table)).toBe(true);
  });

  const schemas = {
    zod: z.object({ id: z.string() }),
    valibot: v.object({ id: v.string() }),
    arktype: type({ id: 'string' }),
  };
  test('with the item as a schema of any vendor', () => {
    expect(defineTable({ name: 'T', item: schemas.zod, keys: ['id'] }).schema).toBe(schemas.zod);
    expect(defineTable({ name: 'T', item: schemas.valibot, keys: ['id'] }).schema).toBe(schemas.valibot);
    expect(defineTable({ name: 'T', item: schemas.arktype, keys: ['id'] }).schema).toBe(schemas.arktype);
  });

  test('with NEW_AND_OLD_IMAGES unless said otherwise', () => {
    expect(defineTable({ name: 'T', item: itemOf<Invoice>(), keys: ['invoiceId'] }).viewType).toBe(
      'NEW_AND_OLD_IMAGES',
    );
  });

  test('that no caller changes afterwards', () => {
    const keys: ['invoiceId'] = ['invoiceId'];
    const table = defineTable({ name: 'T', item: itemOf<Invoice>(), keys });
    keys[0] = 'other' as never;
    expect(table.keys).toEqual(['invoiceId']);
    expect(Object.isFrozen(table)).toBe(true);
    expect(Object.isFrozen(table.keys)).toBe(true);
  });
});

test('itemOf is a Standard Schema that takes every value unchanged', () => {
  const value = { anything: true };
  expect(itemOf()['~standard']).toMatchObject({ version: 1, vendor: 'streamlane' });
  expect(itemOf()['~standard'].validate(value)).toEqual({ value });
});

describe('a value that is not a declaration is refused, with what was expected and what came', () => {
  const good = { name: 'Invoices', item: itemOf<Invoice>(), keys: ['customerId', 'invoiceId'] };
  test.each<[string, unknown, string, RegExp]>([
    ['no options', undefined, 'INVALID_OPTION', /options have to be an object, got undefined/],
    ['a name alone', 'Invoices', 'INVALID_OPTION', /object, got "Invoices"/],
    [
      'an unknown option',
      { ...good, schema: {} },
      'UNKNOWN_OPTION',
      /schema is not an option.*name, keys, viewType, item, entities/,
    ],
    ['no name', { ...good, name: undefined }, 'INVALID_TABLE', /name has to be.*got undefined/],
    ['an empty name', { ...good, name: '' }, 'INVALID_TABLE', /name has to be.*got ""/],
    ['a name that is not a text', { ...good, name: 5 }, 'INVALID_TABLE', /name has to be.*got 5/],
    ['no item', { ...good, item: undefined }, 'INVALID_TABLE', /itemOf<Item>\(\), got undefined/],
    ['an item that is null', { ...good, item: null }, 'INVALID_TABLE', /got null/],
    [
      'an item that is not a schema',
      { ...good, item: {} },
      'INVALID_TABLE',
      /Standard Schema.*got an object/,
    ],
    ['an item that is not called', { ...good, item: itemOf }, 'INVALID_TABLE', /got a function/],
    ['a half schema', { ...good, item: { '~standard': { version: 1 } } }, 'INVALID_TABLE', /Standard Schema/],
    ['no keys', { ...good, keys: undefined }, 'INVALID_TABLE', /keys has to be.*got undefined/],
    ['one key as a text', { ...good, keys: 'customerId' }, 'INVALID_TABLE', /got "customerId"/],
    ['an empty list of keys', { ...good, keys: [] }, 'INVALID_TABLE', /one or two attribute names/],
    ['three keys', { ...good, keys: ['a', 'b', 'c'] }, 'INVALID_TABLE', /one or two attribute names/],
    ['the same key twice', { ...good, keys: ['a', 'a'] }, 'INVALID_TABLE', /one or two attribute names/],
    ['an empty key', { ...good, keys: [''] }, 'INVALID_TABLE', /one or two attribute names/],
    ['a key that is not a text', { ...good, keys: ['a', 5] }, 'INVALID_TABLE', /one or two attribute names/],
    [
      'an unknown view type',
      { ...good, viewType: 'NEW' },
      'INVALID_TABLE',
      /KEYS_ONLY, NEW_IMAGE.*got "NEW"/,
    ],
    ['a view type that is null', { ...good, viewType: null }, 'INVALID_TABLE', /viewType.*got null/],
  ])('%s', (_, options, code, message) => {
    expect(() => defineTable(options as never)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code, message: expect.stringMatching(message) }),
    );
  });
});

test.each([undefined, null, 'Invoices', {}, { name: 'Invoices', keys: ['id'] }, { '~table': true }])(
  '%j is not a table',
  (value) => {
    expect(isTable(value)).toBe(false);
  },
);

test('a table that went through JSON is not a table, as JSON drops its functions', () => {
  const schema = z.object({ id: z.string() });
  const tables = [
    defineTable({ name: 'T', item: itemOf<{ id: string }>(), keys: ['id'] }),
    defineTable({ name: 'T', item: schema, keys: ['id'] }),
    defineTable({ name: 'T', keys: ['id'], entities: { one: { item: schema, match: { id: 'A' } } } }),
  ];
  for (const table of tables) {
    const restored = JSON.parse(JSON.stringify(table));
    expect([isTable(table), isTable({ ...table }), isTable(restored)]).toEqual([true, true, false]);
    expect(() => streamRouter(restored)).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
    expect(() => streamRouter(restored, {})).toThrow(/has to be made by defineTable/);
  }
});
