import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import {
  all,
  type BatchSummary,
  changed,
  defineTable,
  itemOf,
  prefix,
  processBatch,
  streamRouter,
  streamWindow,
} from '../../src/index.ts';
import { deliver, testStream } from '../../src/testing/index.ts';
import { contextOf, memoryLogger } from '../fixtures/events.ts';

interface Order {
  status: 'OPEN' | 'PAID';
  total: number;
}

const DONE = { batchItemFailures: [] };

const app = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  entities: {
    order: { item: itemOf<Order>(), match: { sk: prefix('ORDER#') } },
    customer: { item: z.object({ name: z.string() }), match: { sk: 'PROFILE', type: 'CUSTOMER' } },
  },
});

const order = { pk: 'C#1', sk: 'ORDER#1', status: 'OPEN', total: 7 } as const;
const customer = { pk: 'C#1', sk: 'PROFILE', type: 'CUSTOMER', name: 'Ada' };
const other = { pk: 'C#1', sk: 'SETTINGS' };

describe('router.entity', () => {
  test('its routes get the records of the entity, among the routes of all in the order registered', async () => {
    const calls: string[] = [];
    const router = streamRouter(app, { logger: false })
      .onInsert(({ entity }) => void calls.push(`first ${entity}`))
      .entity('order', (orders) =>
        orders.onInsert(({ newImage }) => void calls.push(`order ${newImage.total}`)),
      )
      .entity('customer', (customers) =>
        customers.onInsert(({ newImage }) => void calls.push(`customer ${newImage.name}`)),
      )
      .onInsert(({ entity }) => void calls.push(`last ${entity}`));
    const stream = testStream(app);
    const event = stream.event([stream.insert(order), stream.insert(customer), stream.insert(other)]);
    expect(await router(event, contextOf())).toEqual(DONE);
    expect(calls).toEqual([
      'first order',
      'order 7',
      'last order',
      'first customer',
      'customer Ada',
      'last customer',
    ]);
  });

  test('may be called twice for an entity, and takes a block that returns nothing', async () => {
    const calls: string[] = [];
    const router = streamRouter(app)
      .entity('order', (orders) => {
        orders.onInsert(() => void calls.push('one'));
      })
      .entity('order', (orders) => orders.onInsert(() => void calls.push('two')));
    const stream = testStream(app);
    await router(stream.event([stream.insert(order)]), contextOf());
    expect(calls).toEqual(['one', 'two']);
  });

  test.each<[string, () => unknown, string]>([
    [
      'a name that the table does not declare',
      () => streamRouter(app).entity('orders' as 'order', () => {}),
      'has to be one of order, customer',
    ],
    ['no name', () => streamRouter(app).entity(undefined as never, () => {}), 'got undefined'],
    [
      'a table without entities',
      () =>
        (
          streamRouter<Order>() as unknown as ReturnType<typeof streamRouter<never, 'pk', 'KEYS_ONLY'>>
        ).entity('order' as never, () => {}),
      'needs a table that declares entities',
    ],
    [
      'no function',
      () => streamRouter(app).entity('order', 7 as never),
      'the second argument has to be a function',
    ],
    [
      'an asynchronous function',
      () => streamRouter(app).entity('order', async (orders) => orders.onInsert(() => {})),
      'have to be added synchronously',
    ],
    [
      'an asynchronous function that fails, without an unhandled rejection',
      () => streamRouter(app).entity('order', () => Promise.reject(new Error('late'))),
      'have to be added synchronously',
    ],
    [
      'a list with a promise that fails, without an unhandled rejection',
      () => streamRouter(app).entity('order', () => [Promise.reject(new Error('late'))]),
      'have to be added synchronously',
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        owner: 'entity',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('a route whose records do not tell their entity is refused', () => {
  test('by the view type of the table that the router got', () => {
    const images = defineTable({
      name: 'App',
      keys: ['pk', 'sk'],
      entities: { customer: { item: itemOf<object>(), match: { type: 'CUSTOMER' } } },
    });
    const copy = { ...images, viewType: 'KEYS_ONLY' } as unknown as typeof images;
    const add = (table: typeof images) => () =>
      streamRouter(table).entity('customer', (r) => r.onInsert(() => {}));
    expect(add(images)).not.toThrow();
    expect(add(copy)).toThrow(
      expect.objectContaining({
        code: 'INVALID_HANDLER',
        message: expect.stringContaining('INSERT records of App, whose stream is KEYS_ONLY, carry only keys'),
      }),
    );
  });

  const item = itemOf<object>();
  const byKey = { item, match: { sk: prefix('ORDER#') } };
  const byImage = { item, match: { type: 'CUSTOMER' } };
  const tableOf = (entities: object) =>
    defineTable({
      name: 'App',
      keys: ['pk', 'sk'],
      viewType: 'NEW_IMAGE',
      entities: entities as { a: typeof byKey; b: typeof byKey },
    });

  test.each<[string, object, 'a' | 'b' | undefined, string | undefined]>([
    ['one that matches keys', { a: byKey, b: byImage }, 'a', undefined],
    [
      'one that matches other attributes',
      { a: byKey, b: byImage },
      'b',
      'of App, whose stream is NEW_IMAGE, carry only keys, and the match of b names type.',
    ],
    ['one that may be an earlier one', { a: byImage, b: byKey }, 'b', 'belongs to a or to b'],
    [
      'one that an earlier one excludes by its keys',
      { a: { item, match: { sk: 'PROFILE', type: 'CUSTOMER' } }, b: byKey },
      'b',
      undefined,
    ],
    [
      'one whose prefix differs from that of an earlier one',
      { a: { item, match: { sk: prefix('CUSTOMER#'), type: 'x' } }, b: byKey },
      'b',
      undefined,
    ],
    [
      'one whose prefix an earlier one shares',
      { a: { item, match: { sk: prefix('ORDER#1'), type: 'x' } }, b: byKey },
      'b',
      'belongs to a or to b',
    ],
    ['the whole table, where one is found', { a: byKey, b: byImage }, undefined, undefined],
    [
      'the whole table, where one may be another',
      { a: byImage, b: byKey },
      undefined,
      'belongs to a or to b',
    ],
    [
      'the whole table, where none is found',
      { a: byImage, b: { item, match: { type: 'ORDER' } } },
      undefined,
      'the match of a names type, that of b names type.',
    ],
  ])('%s', (_, entities, name, problem) => {
    const router = streamRouter(tableOf(entities));
    const add = () =>
      name === undefined
        ? router.onRemove(() => {})
        : router.entity(name, (routes) => routes.onRemove(() => {}));
    if (problem === undefined) expect(add).not.toThrow();
    else {
      expect(add).toThrow(
        expect.objectContaining({
          code: 'INVALID_HANDLER',
          owner: 'onRemove',
          message: expect.stringContaining(problem),
        }),
      );
    }
    expect(() => router.onInsert(() => {})).not.toThrow();
  });
});

describe('a record that belongs to no entity', () => {
  test('succeeds, is counted, and is warned of once per batch', async () => {
    const logger = memoryLogger();
    const summaries: BatchSummary[] = [];
    const seen: unknown[] = [];
    const router = streamRouter(app, { logger, onBatch: (summary) => void summaries.push(summary) })
      .use((record, _context, next) => {
        seen.push(record.entity);
        return next();
      })
      .onInsert(() => {});
    const stream = testStream(app);
    const event = stream.event([
      stream.insert(other),
      stream.insert(order),
      stream.insert({ ...other, pk: 'X' }),
    ]);
    expect(await router(event, contextOf())).toEqual(DONE);
    expect(seen).toEqual([undefined, 'order', undefined]);
    expect(summaries[0]).toMatchObject({ records: 3, succeeded: 3, unknownEntity: 2 });
    const warnings = logger.entries.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
    // The console would break a longer object into several lines.
    expect(warnings[0]?.fields).toEqual({ records: 3, unknownEntity: 2 });
    expect(inspect(warnings[0]?.fields)).not.toContain('\n');
    expect(JSON.stringify(logger.entries)).not.toContain('SETTINGS');
  });

  test("fails with unknownEntity: 'fail'", async () => {
    const logger = memoryLogger();
    const router = streamRouter(app, { logger, unknownEntity: 'fail' }).onInsert(() => {});
    const stream = testStream(app);
    const unknown = stream.insert(other);
    expect(await router(stream.event([stream.insert(order), unknown]), contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: unknown.dynamodb.SequenceNumber }],
    });
    expect(logger.entries[0]?.fields.error).toMatchObject({
      name: 'InvalidRecordError',
      code: 'UNKNOWN_ENTITY',
      message: expect.stringContaining('for App'),
    });
  });

  test('unknownEntity needs a table that declares entities', () => {
    expect(() => streamRouter<Order>({ unknownEntity: 'fail' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', option: 'unknownEntity' }),
    );
  });
});

describe('the schema of an entity', () => {
  const wrong = { ...customer, name: 7 };

  test('does not check a record that no route can take', async () => {
    const stream = testStream(app);
    const logger = memoryLogger();
    const router = streamRouter(app, { logger }).entity('customer', (customers) =>
      customers.onModify(
        all(changed('name'), () => expect.unreachable()),
        () => expect.unreachable(),
      ),
    );
    const event = stream.event([
      // No route for the event; and the built-in condition says no.
      stream.insert(wrong),
      stream.modify(wrong, { ...wrong, note: 'x' }),
    ]);
    expect(await router(event, contextOf())).toEqual(DONE);
    expect(logger.entries.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('checks before a predicate of users is asked', async () => {
    const stream = testStream(app);
    const asked = vi.fn(() => true);
    const router = streamRouter(app, { logger: false }).entity('customer', (customers) =>
      customers.onInsert(asked, () => {}),
    );
    const record = stream.insert(wrong);
    expect(await router(stream.event([record]), contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: record.dynamodb.SequenceNumber }],
    });
    expect(asked).not.toHaveBeenCalled();
  });
});

test('a failed record is logged and published with its entity', async () => {
  const logger = memoryLogger();
  const stream = testStream(app);
  const router = streamRouter(app, { logger }).onInsert(() => {
    throw new Error('boom');
  });
  await router(stream.event([stream.insert(order)]), contextOf());
  expect(logger.entries[0]).toMatchObject({ message: 'Record failed', fields: { entity: 'order' } });
});

test('the summary counts by entity when asked', async () => {
  const counted: unknown[] = [];
  const stream = testStream(app);
  const router = streamRouter(app, {
    logger: false,
    onBatch: (summary) => void counted.push(summary.byEntity()),
  }).onInsert(({ entity }) => {
    if (entity === 'customer') throw new Error('boom');
  });
  const event = stream.event([stream.insert(order), stream.insert(other), stream.insert(customer)]);
  await router(event, contextOf());
  expect(counted).toEqual([
    {
      order: { records: 1, succeeded: 1, failed: 0, deadLettered: 0 },
      customer: { records: 1, succeeded: 0, failed: 1, deadLettered: 0 },
    },
  ]);
});

test('the summary counts a record that did not start in no other count', async () => {
  const counted: unknown[] = [];
  const stream = testStream(app);
  const router = streamRouter(app, {
    logger: false,
    order: 'shard',
    onBatch: (summary) => void counted.push(summary.byEntity()),
  }).onInsert(async () => {
    throw new Error('boom');
  });
  await router(stream.event([stream.insert(order), stream.insert({ ...order, pk: 'C#2' })]), contextOf());
  expect(counted).toEqual([{ order: { records: 2, succeeded: 0, failed: 1, deadLettered: 0 } }]);
});

test('processBatch tells records apart by entity, and fails unknown ones where asked', async () => {
  const stream = testStream(app);
  const seen: unknown[] = [];
  const event = stream.event([stream.insert(order), stream.insert(customer), stream.insert(other)]);
  const handler = (record: { readonly entity: string | undefined }) => void seen.push(record.entity);
  expect(await processBatch(event, contextOf(), handler, { table: app, logger: false })).toEqual(DONE);
  expect(seen).toEqual(['order', 'customer', undefined]);
  const failing = { table: app, logger: false, unknownEntity: 'fail' } as const;
  expect(await processBatch(event, contextOf(), handler, failing)).toEqual({
    batchItemFailures: [{ itemIdentifier: event.Records[2]?.dynamodb?.SequenceNumber }],
  });
});

test('streamWindow tells records apart by entity', async () => {
  const stream = testStream(app);
  const closed: unknown[] = [];
  const summaries: BatchSummary[] = [];
  const handler = streamWindow(app, {
    initial: { orders: 0, others: 0 },
    reduce(state, record) {
      if (record.entity === 'order') state.orders++;
      else state.others++;
    },
    close: (state) => void closed.push(state),
    logger: false,
    onBatch: (summary) => void summaries.push(summary),
  });
  await deliver(handler, [stream.insert(order), stream.insert(customer), stream.insert(other)], {
    tumblingWindowInSeconds: 60,
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
  expect(closed).toEqual([{ orders: 1, others: 2 }]);
  expect(summaries[0]).toMatchObject({ unknownEntity: 1 });
});
