import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import {
  atLeast,
  defineTable,
  type EntityRoutes,
  exists,
  expired,
  itemOf,
  oneOf,
  prefix,
  processBatch,
  type RecordOf,
  streamRouter,
  streamWindow,
} from '../../src/index.ts';
import { publishTo } from '../../src/sinks/index.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { testStream } from '../../src/testing/index.ts';

interface Order {
  pk: string;
  sk: string;
  status: 'OPEN' | 'PAID';
  total: number;
  note?: string;
}

const Customer = z.object({
  name: z.string(),
  since: z.string().transform((text) => new Date(text)),
});

const app = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  entities: {
    customer: { item: Customer, match: { sk: 'PROFILE', type: 'CUSTOMER' } },
    order: { item: itemOf<Order>(), match: { sk: prefix('ORDER#') } },
  },
});

const newImages = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  viewType: 'NEW_IMAGE',
  entities: {
    customer: { item: Customer, match: { sk: 'PROFILE', type: 'CUSTOMER' } },
    order: { item: itemOf<Order>(), match: { sk: prefix('ORDER#') } },
  },
});

describe('match', () => {
  const item = itemOf<Order & { address: { country: string } }>();

  test('takes values and matchers of declared attributes, and any other attribute', () => {
    defineTable({
      name: 'App',
      keys: ['pk', 'sk'],
      entities: {
        paid: { item, match: { status: oneOf('PAID'), 'address.country': 'DE', type: 'ORDER' } },
        big: { item, match: { total: atLeast(100), note: exists(), address: { country: prefix('D') } } },
        other: { item, match: { __edb_e__: 'order', GSI1PK: prefix('X') } },
      },
    });
  });

  test('does not compile with a value that the attribute cannot have', () => {
    defineTable({
      name: 'App',
      keys: ['pk', 'sk'],
      // @ts-expect-error no such status
      entities: { paid: { item, match: { status: 'PAYED' } } },
    });
    defineTable({
      name: 'App',
      keys: ['pk', 'sk'],
      // @ts-expect-error total is a number
      entities: { paid: { item, match: { total: prefix('1') } } },
    });
  });
});

describe('an entity', () => {
  test('gives its routes its item and the keys of the table', () => {
    streamRouter(app)
      .entity('order', (orders) =>
        orders
          .onInsert(({ newImage, entity, keys }) => {
            expectTypeOf(newImage).toEqualTypeOf<Order>();
            expectTypeOf(entity).toEqualTypeOf<'order'>();
            expectTypeOf(keys.pk).toEqualTypeOf<string>();
          })
          .onModify(({ oldImage }) => oldImage.total)
          .onRemove(expired, ({ oldImage }) => oldImage.total),
      )
      .entity('customer', (customers) => {
        customers.onInsert(({ newImage, keys }) => {
          expectTypeOf(newImage.since).toEqualTypeOf<Date>();
          expectTypeOf(keys.pk).toEqualTypeOf<string | number | bigint | Uint8Array>();
        });
      });
  });

  test('tells the records of a route of the whole table apart', () => {
    streamRouter(app)
      .onInsert((record) => {
        expectTypeOf(record.entity).toEqualTypeOf<'customer' | 'order'>();
        if (record.entity === 'order') expectTypeOf(record.newImage).toEqualTypeOf<Order>();
        // @ts-expect-error a customer has no total
        record.newImage.total;
      })
      .onInsert(
        (record) => record.entity === 'order' && record.newImage.total > 1,
        (record) => record.entity,
      )
      .onInsert(
        (record): record is RecordOf<typeof app, 'order', 'INSERT'> => record.entity === 'order',
        ({ newImage }) => newImage.total,
      );
  });

  test('types what publishTo gets', () => {
    const sink = {} as Sink;
    streamRouter(app).entity('order', (orders) =>
      orders.onInsert(publishTo(sink, ({ newImage }) => ({ total: newImage.total }))).onModify(
        ({ newImage }) => newImage.total > 1,
        publishTo(sink, ({ oldImage }) => ({ total: oldImage.total })),
      ),
    );
  });

  test('has routes and conditions in separate files', () => {
    const orders = (routes: EntityRoutes<typeof app, 'order'>) =>
      routes.onInsert(({ newImage }) => newImage.total);
    streamRouter(app).entity('order', orders);
    expectTypeOf<RecordOf<typeof app, 'order', 'MODIFY'>['newImage']>().toEqualTypeOf<Order>();
    expectTypeOf<RecordOf<typeof app>['entity']>().toEqualTypeOf<'customer' | 'order'>();
  });

  test('does not compile with a name that the table does not declare', () => {
    // @ts-expect-error no such entity
    streamRouter(app).entity('orders', () => {});
    // @ts-expect-error no such entity
    type Wrong = RecordOf<typeof app, 'orders'>;
    expectTypeOf<Wrong>().toBeNever();
  });

  test('has no route for an event whose records do not tell the entity', () => {
    streamRouter(newImages)
      .entity('order', (orders) => orders.onRemove(({ keys }) => keys.sk))
      .entity('customer', (customers) =>
        customers
          .onInsert(({ newImage }) => newImage.name)
          // @ts-expect-error a REMOVE carries no image in which a customer could be recognized
          .onRemove(() => {}),
      )
      .onRemove(({ entity }) => expectTypeOf(entity).toEqualTypeOf<'order'>());
  });
});

test('processBatch and streamWindow get records of all entities, and others', () => {
  processBatch(
    { Records: [] },
    undefined,
    (record) => {
      expectTypeOf(record.entity).toEqualTypeOf<'customer' | 'order' | undefined>();
      if (record.entity === 'order' && record.eventName === 'INSERT') {
        expectTypeOf(record.newImage).toEqualTypeOf<Order>();
      }
    },
    { table: app, unknownEntity: 'fail' },
  );
  streamWindow(app, {
    initial: { total: 0 },
    reduce(state, record) {
      if (record.entity === 'order' && record.eventName === 'INSERT') state.total += record.newImage.total;
    },
    close() {},
  });
});

test('testStream writes items of an entity as stored', () => {
  const stream = testStream(app);
  stream
    .entity('customer')
    .insert({ pk: 'C#1', sk: 'PROFILE', type: 'CUSTOMER', name: 'Ada', since: '2026' });
  stream.insert({ pk: 'X', sk: 'anything' });
  const order: Order = { pk: 'C#1', sk: 'ORDER#1', status: 'OPEN', total: 1 };
  stream.entity('order').insert(order);
  stream.entity('order').modify(order, { ...order, GSI1PK: 'OPEN' });
  // @ts-expect-error since is stored as text
  stream.entity('customer').insert({ pk: 'C#1', sk: 'PROFILE', type: 'CUSTOMER', name: 'Ada', since: 7 });
  // @ts-expect-error an attribute is missing
  stream.entity('order').insert({ pk: 'C#1', sk: 'ORDER#1', status: 'OPEN' });
});
