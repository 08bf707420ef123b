import { expect, test } from 'vitest';
import { batchSettings } from '../../src/batch/options.ts';
import { defineTable, itemOf } from '../../src/index.ts';
import { consoleLogger } from '../../src/logger.ts';
import { memoryLogger } from '../fixtures/events.ts';

const table = defineTable({
  name: 'Invoices',
  item: itemOf<{ id: string }>(),
  keys: ['id'],
  viewType: 'NEW_IMAGE',
});

test('the defaults', () => {
  expect(batchSettings('test', {}, undefined)).toEqual({
    order: 'item',
    concurrency: 10,
    reserveMs: 1000,
    numbers: 'number',
    logger: consoleLogger,
    partialResponses: true,
    unknownEntity: 'ignore',
    onBatch: undefined,
    viewType: 'NEW_AND_OLD_IMAGES',
    table: undefined,
    owner: 'test',
  });
});

test('undefined is not given', () => {
  const none = { order: undefined, concurrency: undefined, logger: undefined, viewType: undefined };
  expect(batchSettings('test', none as object, undefined)).toEqual(batchSettings('test', {}, undefined));
});

test('given options are used', () => {
  const given = {
    order: 'shard',
    concurrency: 10_000,
    reserveMs: 0,
    numbers: (text: string) => text,
    logger: memoryLogger(),
    partialResponses: false,
    onBatch: () => {},
    viewType: 'KEYS_ONLY',
  } as const;
  expect(batchSettings('test', given, undefined)).toEqual({
    ...given,
    table: undefined,
    unknownEntity: 'ignore',
    owner: 'test',
  });
});

test('a table gives the view type, and the partition key that order: partition needs', () => {
  expect(batchSettings('test', { order: 'partition' }, table as never)).toMatchObject({
    viewType: 'NEW_IMAGE',
    table,
  });
});

test.each([
  ['order', 'lane', 'one of item, partition, shard, got "lane"'],
  ['concurrency', 0, 'a whole number from 1 to 10000, got 0'],
  ['concurrency', 10_001, 'a whole number from 1 to 10000, got 10001'],
  ['concurrency', 1.5, 'a whole number from 1 to 10000, got 1.5'],
  ['concurrency', '5', 'a whole number from 1 to 10000, got "5"'],
  ['reserveMs', -1, 'milliseconds from 0 to 900000, got -1'],
  ['reserveMs', 900_001, 'milliseconds from 0 to 900000, got 900001'],
  ['reserveMs', Number.NaN, 'milliseconds from 0 to 900000, got NaN'],
  ['numbers', 'bigint', "'number', 'exact', 'string' or a function, got \"bigint\""],
  ['logger', null, 'an object with the methods debug, info, warn, error, or false, got null'],
  ['logger', 'console', 'an object with the methods debug, info, warn, error, or false, got "console"'],
  ['logger', { debug() {} }, 'an object with the methods debug, info, warn, error, or false, got an object'],
  ['partialResponses', 'yes', 'true or false, got "yes"'],
  ['onBatch', [], 'a function, got an array'],
  ['viewType', 'ALL', 'one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, got "ALL"'],
])('%s: %o is refused', (name, value, expected) => {
  expect(() => batchSettings('owner', { [name]: value }, undefined)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: `owner: ${name} has to be ${expected}.` }),
  );
});

test.each([
  ['UNKNOWN_OPTION', { concurency: 5 }, undefined],
  ['UNKNOWN_OPTION', { toString: 5 }, undefined],
  ['INVALID_OPTION', null, undefined],
  ['INVALID_OPTION', { viewType: 'NEW_IMAGE' }, table],
  ['KEYS_REQUIRED', { order: 'partition' }, undefined],
])('%s: %o', (code, options, table) => {
  expect(() => batchSettings('owner', options as object, table as never)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', code }),
  );
});
