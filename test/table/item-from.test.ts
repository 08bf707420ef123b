import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  type AnyItem,
  defineTable,
  itemFrom,
  prefix,
  streamRouter,
  ValidationError,
} from '../../src/index.ts';
import { deliver, testStream } from '../../src/testing/index.ts';

const secret = 'hunter2';
const stored = { pk: 'C#1', sk: 'ORDER#1', cents: 1250, note: secret };

/** Delivers an insert to a router whose table is read by a function. */
async function inserting(
  read: (image: AnyItem) => object | null | undefined | Promise<object | null | undefined>,
  item: object = stored,
) {
  const app = defineTable({
    name: 'App',
    keys: ['pk', 'sk'],
    entities: { order: { item: itemFrom(read), match: { sk: prefix('ORDER#') } } },
  });
  const errors: unknown[] = [];
  const seen: object[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_: string, { error }: { error: unknown }) => errors.push(error),
  };
  const router = streamRouter(app, { logger: logger as never }).entity('order', (orders) =>
    orders.onInsert(({ newImage }) => void seen.push(newImage)),
  );
  await deliver(router, [testStream(app).insert(item as typeof stored)], {
    maximumRetryAttempts: 0,
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
  return { seen, error: errors[0] as ValidationError | undefined };
}

describe('itemFrom', () => {
  test('gives handlers the item that the function returns', async () => {
    const { seen } = await inserting(({ sk, cents }) => ({ id: sk.slice(6), total: cents / 100 }));
    expect(seen).toEqual([{ id: '1', total: 12.5 }]);
  });

  test('waits for a function that is asynchronous', async () => {
    const { seen } = await inserting(async ({ sk }) => ({ id: sk }));
    expect(seen).toEqual([{ id: 'ORDER#1' }]);
  });

  test('reads the item of a table without entities', async () => {
    const orders = defineTable({
      name: 'Orders',
      item: itemFrom((image: typeof stored) => ({ total: image.cents / 100 })),
      keys: ['pk', 'sk'],
    });
    const seen: number[] = [];
    const router = streamRouter(orders).onInsert(({ newImage }) => void seen.push(newImage.total));
    await deliver(router, [testStream(orders).insert(stored)]);
    expect(seen).toEqual([12.5]);
  });

  const failures: readonly [
    string,
    (image: AnyItem) => object | null | undefined | Promise<object | null>,
  ][] = [
    [
      'throws',
      ({ note }) => {
        throw new TypeError(`bad ${note}`);
      },
    ],
    [
      'rejects',
      async ({ note }) => {
        throw new TypeError(`bad ${note}`);
      },
    ],
    [
      'throws the item',
      (image) => {
        throw image;
      },
    ],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
    ],
    ['returns nothing', () => undefined],
    ['returns null', () => null],
    ['resolves with nothing', async () => null],
    ['returns text', ({ note }) => note],
    ['returns a list', ({ note }) => [note]],
    [
      'throws what cannot be read',
      () => {
        throw new Proxy(
          {},
          {
            get() {
              throw new Error(secret);
            },
          },
        );
      },
    ],
  ];
  test.each(failures)('fails the record without its content where the function %s', async (_, read) => {
    const { seen, error } = await inserting(read);
    expect(seen).toEqual([]);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', retryable: false, paths: ['(item)'] });
    expect(
      `${error?.stack} ${(error?.cause as Error | undefined)?.stack} ${JSON.stringify(error)}`,
    ).not.toContain(secret);
  });

  const unfinished: readonly [string, (image: AnyItem) => object][] = [
    [
      'a generator',
      function* read(image: AnyItem) {
        yield image;
      },
    ],
    ['a list with a promise that rejects', ({ note }) => [Promise.reject(new Error(note))]],
    ['a promise of such a list', async ({ note }) => [Promise.reject(new Error(note))]],
  ];
  test.each(unfinished)('fails the record, and leaves no rejection unhandled, for %s', async (_, read) => {
    const { seen, error } = await inserting(read);
    expect(seen).toEqual([]);
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'INVALID_RESULT' });
    expect(error?.message).toContain('The function of itemFrom returned');
    expect(error?.stack).not.toContain(secret);
  });

  test('says where the function threw, and what kind of error', async () => {
    const { error } = await inserting(function readOrder({ note }): object {
      throw new TypeError(`bad ${note}`);
    });
    expect(error?.cause).toMatchObject({ name: 'TypeError' });
    expect((error?.cause as Error | undefined)?.stack).toContain('readOrder');
  });

  const Order = z.object({
    pk: z.string(),
    cents: z.string(),
    lines: z.array(z.object({ sku: z.string() })),
  });
  const OrderV = v.object({
    pk: v.string(),
    cents: v.string(),
    lines: v.array(v.object({ sku: v.string() })),
  });
  test.each([
    ['zod', (image: AnyItem) => Order.parse(image)],
    ['valibot', (image: AnyItem) => v.parse(OrderV, image)],
    ['zod, asynchronous', (image: AnyItem) => Order.parseAsync(image)],
  ])('names the paths that a schema refuses: %s', async (_, read) => {
    const { error } = await inserting(read, { ...stored, lines: [{ sku: 'A-1' }, {}] });
    expect(error?.paths).toEqual(['cents', 'lines[1].sku']);
  });

  test.each([undefined, null, {}, 'parse'])('refuses %o in the place of a function', (read) => {
    expect(() => itemFrom(read as never)).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code: 'INVALID_TABLE',
        message: expect.stringMatching(
          /^itemFrom: the argument has to be a function, got .*itemFrom\(\(image\) => item\)/,
        ),
      }),
    );
  });
});
