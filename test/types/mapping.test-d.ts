import middy from '@middy/core';
import { expectTypeOf, test } from 'vitest';
import {
  defineTable,
  itemOf,
  prefix,
  processBatch,
  type RecordMiddleware,
  streamRouter,
  streamWindow,
} from '../../src/index.ts';
import { eventSourceMapping, type MappingWarning, type RouterMapping } from '../../src/mapping/index.ts';

interface Order {
  pk: string;
  sk: string;
}

const START = { startingPosition: 'TRIM_HORIZON' } as const;
const app = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  entities: { order: { item: itemOf<Order>(), match: { sk: prefix('ORDER#') } } },
});
const router = streamRouter<Order>().onInsert(() => {});

test('routers and windows have a mapping', () => {
  expectTypeOf(eventSourceMapping(router, START)).toEqualTypeOf<RouterMapping>();
  eventSourceMapping(
    streamRouter(app).entity('order', (orders) => orders.onInsert(() => {})),
    START,
  );
  const window = streamWindow<Order, { count: number }>({ initial: { count: 0 }, reduce() {}, close() {} });
  eventSourceMapping(window, { ...START, tumblingWindowInSeconds: 60 });
  expectTypeOf<MappingWarning['code']>().toExtend<string>();
});

test('handlers that carry no routes do not compile', () => {
  // @ts-expect-error Middy's handler carries no routes
  eventSourceMapping(middy(router), START);
  // @ts-expect-error a function of the user carries no routes
  eventSourceMapping(async (event: never) => processBatch(event, undefined, () => {}), START);
  // @ts-expect-error a table is not a router
  eventSourceMapping(app, START);
});

test('options of a mapping are checked', () => {
  // @ts-expect-error the position is required
  eventSourceMapping(router, {});
  // @ts-expect-error the router decides
  eventSourceMapping(router, { ...START, functionResponseTypes: ['ReportBatchItemFailures'] });
  // @ts-expect-error DynamoDB streams have no such position
  eventSourceMapping(router, { startingPosition: 'AT_TIMESTAMP' });
  eventSourceMapping(router, {
    ...START,
    destinationConfig: { onFailure: { destination: { Ref: 'Queue' } } },
  });
});

test('a middleware says which records it needs', () => {
  const middleware: RecordMiddleware<unknown> = (_record, _context, next) => next();
  streamRouter().use(middleware, { needs: 'routed' }).use(middleware, { needs: 'all' }).use(middleware);
  // @ts-expect-error all or routed
  streamRouter().use(middleware, { needs: 'some' });
});
