import { expect, test } from 'vitest';
import { readHandler } from '../../../../src/cli/dev/sandbox/handler-routes.ts';
import {
  changed,
  defineTable,
  expired,
  itemOf,
  matches,
  oneOf,
  prefix,
  streamRouter,
  streamWindow,
} from '../../../../src/index.ts';

const pass = () => {};
const wrapped = async () => {};
const router = streamRouter<{ id: string; status: string }>({ concurrency: 3 })
  .use((_record, _context, next) => next())
  .onInsert(pass)
  .onModify(changed('status', { to: 'PAID' }), pass)
  .onRemove(expired, pass)
  .onRemove(({ oldImage }) => oldImage.status === 'PAID', pass);
const app = streamRouter(
  defineTable({
    name: 'App',
    keys: ['id'],
    entities: {
      order: { item: itemOf<{ id: string }>(), match: { id: prefix('ORDER#') } },
      customer: { item: itemOf<{ id: string }>(), match: { id: prefix('CUSTOMER#') } },
    },
  }),
  { order: 'partition' },
)
  .onInsert(pass)
  .entity('order', (orders) => orders.onModify(pass));
const window = streamWindow({ initial: { count: 0 }, reduce: pass, close: pass });
const unread = { kind: 'unknown', entities: [], routes: [] };

test('a router tells its lanes, its middlewares, and its routes with their conditions in words', () => {
  expect(readHandler(router, { handler: router }).routes).toEqual({
    routesId: expect.stringMatching(/^[\w-]{12}$/),
    kind: 'router',
    exported: [],
    lanes: 3,
    order: 'item',
    middlewares: 1,
    entities: [],
    routes: [
      { eventName: 'INSERT' },
      { eventName: 'MODIFY', condition: 'status changed to "PAID"' },
      { eventName: 'REMOVE', condition: 'deleted by TTL' },
      { eventName: 'REMOVE', condition: 'your own code' },
    ],
  });
});

test('the routes of a table with entities have the name of their entity', () => {
  expect(readHandler(app, {}).routes).toMatchObject({
    order: 'partition',
    entities: ['order', 'customer'],
    routes: [{ eventName: 'INSERT' }, { eventName: 'MODIFY', entity: 'order' }],
  });
  expect(readHandler(app, {}).routes.routes[0]).not.toHaveProperty('entity');
});

test.each([
  ['a window has no routes', window, {}, { ...unread, kind: 'window', exported: [] }, false],
  [
    'another function tells nothing',
    wrapped,
    { handler: wrapped, text: 'a' },
    { ...unread, exported: [] },
    false,
  ],
  [
    'behind Middy, the only router of the module is read',
    wrapped,
    { handler: wrapped, router, default: router },
    { kind: 'router', exported: ['router'], lanes: 3 },
    true,
  ],
  [
    'of several routers, it is not known which one is used',
    wrapped,
    { handler: wrapped, router, app },
    { ...unread, exported: ['router', 'app'] },
    false,
  ],
])('%s', (_, handler, exports, routes, isRead) => {
  const read = readHandler(handler, exports);
  expect(read.routes).toMatchObject(routes);
  expect(read.router !== undefined).toBe(isRead);
});

test('the same routes have the same id, and others have another one', () => {
  const idOf = (one: unknown) => readHandler(one, {}).routes.routesId;
  expect(idOf(streamRouter().onInsert(pass))).toBe(idOf(streamRouter().onInsert(wrapped)));
  expect(idOf(streamRouter().onInsert(pass))).not.toBe(idOf(streamRouter().onModify(pass)));
});

test('a long condition is shortened', () => {
  const names = Array.from({ length: 500 }, (_, index) => `name-${index}`);
  const long = streamRouter<{ name: string }>().onInsert(
    matches({ newImage: { name: oneOf(...names) } }),
    pass,
  );
  const [route] = readHandler(long, {}).routes.routes;
  expect(route?.condition).toHaveLength(501);
  expect(route?.condition).toMatch(/^newImage.name is oneOf.+…$/);
});
