// A whole program of a single table, in the shape in which users write one, and the mistakes they make.
import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import {
  type AnyItem,
  all,
  any,
  atLeast,
  changed,
  defineTable,
  type EntityRoutes,
  itemFrom,
  itemOf,
  matches,
  missing,
  not,
  prefix,
  type RecordOf,
  streamRouter,
} from '../../src/index.ts';

interface Order {
  pk: string;
  sk: string;
  status: 'OPEN' | 'PAID';
  total: number;
  note?: string;
  address: { country: string };
  lines: { sku: string; price: number }[];
  tree?: Tree;
}

interface Tree {
  name: string;
  sub: Tree[];
}

const Customer = z.object({
  name: z.string(),
  since: z.string().transform((text) => new Date(text)),
  plan: z.enum(['free', 'pro']).default('free'),
});

const app = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  entities: {
    customer: { item: Customer, match: { sk: 'PROFILE', __edb_e__: 'customer' } },
    order: { item: itemOf<Order>(), match: { sk: prefix('ORDER#') } },
  },
});

type PaidChange = RecordOf<typeof app, 'order', 'MODIFY'>;

describe('a single-table program compiles', () => {
  const becamePaid = changed<PaidChange>('status', { to: 'PAID' });
  const big = matches<PaidChange>({ newImage: { total: atLeast(100) } });

  const orders = (routes: EntityRoutes<typeof app, 'order'>) =>
    routes
      .onModify(all(becamePaid, not(changed('total'))), ({ newImage }) => newImage.total)
      .onModify(changed('total', { to: atLeast(100) }), ({ newImage }) => newImage.total)
      .onModify(changed(['status', 'address.country']), ({ newImage }) => newImage.total)
      .onModify(changed('lines[0].price', { to: 4 }), () => {})
      .onModify(changed('tree.sub[0].sub[0].sub[0].name'), () => {})
      .onModify(changed('["GSI1PK"]', { to: prefix('PAID#') }), () => {})
      .onModify(
        all(big, matches({ oldImage: { note: missing(), address: { country: 'DE' } } })),
        ({ oldImage }) => oldImage.total,
      )
      .onModify(any(big, not(all(becamePaid, big))), ({ oldImage }) => oldImage.total)
      .onInsert(matches({ newImage: { status: 'PAID' } }), ({ newImage }) => {
        expectTypeOf(newImage).toEqualTypeOf<Order>();
      });

  test('with routes and conditions in separate files', () => {
    streamRouter(app).entity('order', orders);
  });

  test('with conditions on stored values and images of the types that the schema returns', () => {
    streamRouter(app).entity('customer', (customers) =>
      customers
        .onInsert(matches({ newImage: { since: prefix('2026') } }), ({ newImage }) =>
          expectTypeOf(newImage.since).toEqualTypeOf<Date>(),
        )
        .onModify(changed('plan', { to: 'pro' }), ({ keys, newImage }) => [keys.pk, newImage.plan]),
    );
  });

  test('with conditions on the records of all entities', () => {
    streamRouter(app).onModify(changed('status'), (record) => {
      if (record.entity === 'order') expectTypeOf(record.newImage.total).toEqualTypeOf<number>();
    });
  });
});

describe('a mistake does not compile', () => {
  test('a pattern without a type of its own', () => {
    // @ts-expect-error nothing says which records it is for
    matches({ newImage: { totl: 1 } });
  });

  test('a misspelt path', () => {
    streamRouter(app).entity('order', (routes) =>
      // @ts-expect-error no such attribute
      routes.onModify(changed('statu'), ({ newImage }) => newImage.total),
    );
  });

  test('an image that the event does not carry', () => {
    streamRouter(app).entity('order', (routes) =>
      // @ts-expect-error an INSERT has no old image
      routes.onInsert(matches({ oldImage: { total: 1 } }), () => {}),
    );
    // @ts-expect-error an INSERT does not show what changed
    streamRouter(app).entity('order', (routes) => routes.onInsert(changed('total'), () => {}));
  });

  test('a matcher of another type than the attribute', () => {
    streamRouter(app).entity('order', (routes) =>
      // @ts-expect-error total is a number
      routes.onModify(changed('total', { to: prefix('1') }), () => {}),
    );
  });
});

describe('itemFrom', () => {
  const Model = { read: (item: AnyItem): { id: string; paidAt: Date } | null => item.model };

  test('gives what its function returns, and takes any stored item', () => {
    const table = defineTable({
      name: 'App',
      keys: ['pk', 'sk'],
      entities: { order: { item: itemFrom((image) => Model.read(image)), match: { __edb_e__: 'order' } } },
    });
    streamRouter(table).entity('order', (routes) =>
      routes.onModify(changed('status', { to: 'PAID' }), ({ newImage }) => {
        expectTypeOf(newImage).toEqualTypeOf<{ id: string; paidAt: Date }>();
      }),
    );
  });

  test('types conditions and keys by the parameter of its function, asynchronous or not', () => {
    const table = defineTable({
      name: 'App',
      keys: ['pk', 'sk'],
      entities: {
        order: {
          item: itemFrom((order: Order) => ({ total: `${order.total}` })),
          match: { sk: prefix('O#') },
        },
        paid: {
          item: itemFrom(async (order: Order) => ({ paid: order.total })),
          match: { sk: prefix('P#') },
        },
      },
    });
    streamRouter(table)
      .entity('order', (routes) =>
        routes
          .onModify(changed('total', { to: 4 }), ({ newImage, keys }) => {
            expectTypeOf(newImage).toEqualTypeOf<{ total: string }>();
            expectTypeOf(keys.pk).toEqualTypeOf<string>();
          })
          // @ts-expect-error no such attribute
          .onModify(changed('totl'), () => {}),
      )
      .entity('paid', (routes) =>
        routes.onInsert(({ newImage }) => expectTypeOf(newImage).toEqualTypeOf<{ paid: number }>()),
      );
  });

  test('does not compile with a function that returns no item', () => {
    // @ts-expect-error text is not an item
    itemFrom((image) => String(image.name));
    // @ts-expect-error no function
    itemFrom({});
  });
});
