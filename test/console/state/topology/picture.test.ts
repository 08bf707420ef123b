import { expect, test } from 'vitest';
import type { RouteText } from '../../../../src/console/protocol/routes.ts';
import {
  type Box,
  pictureOf,
  type TopologyPicture,
  WIDTH,
} from '../../../../src/console/state/topology/picture.ts';
import { type Fields, invoked, passed, read, routes, taking, topologyOf } from './topologies.ts';

const began = (count: number): readonly Fields[] =>
  Array.from({ length: count }, (_, index) => ({ event: 'shardStarted', shardId: `shard-${index}` }));
const withRoutes = (count: number, entities: readonly string[] = []): Fields =>
  routes({
    entities,
    routes: Array.from({ length: count }, (_, index): RouteText => {
      const entity = entities[index % (entities.length + 1)];
      return { eventName: 'INSERT', ...(entity && { entity }) };
    }),
  });
const message = (service: string, name: string): Fields => ({
  event: 'message',
  service,
  name,
  messageId: 'm',
});

function boxesOf(picture: TopologyPicture): readonly Box[] {
  const { table, shards, closed, handler, destination, routes: taken, unrouted, targets } = picture;
  const all = [table, ...shards, closed, handler, destination, ...taken, unrouted, ...targets];
  return all.filter((box) => box !== undefined);
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

test.each([
  ['nothing yet', [], false],
  ['one shard and one route', [...began(1), withRoutes(1)], false],
  ['12 shards and a window', [...began(12), routes({ kind: 'window' })], false],
  ['20 shards and one route', [...began(20), withRoutes(1)], true],
  ['one shard and 30 routes', [...began(1), withRoutes(30)], true],
  [
    '20 shards, 30 routes and targets',
    [...began(20), withRoutes(30), message('sns', 'a'), message('sqs', 'b')],
    true,
  ],
  ['40 shards, and routes of three entities', [...began(40), withRoutes(12, ['a', 'b', 'c'])], true],
  ['messages, and a handler that is not a router', [routes({ kind: 'unknown' }), message('sns', 'a')], false],
])('%s: nothing overlaps, and everything is in the drawing', (_, events, isDense) => {
  const picture = pictureOf(topologyOf(...events), 'arn:aws:sqs:r:1:failed');
  expect(picture.isDense).toBe(isDense);
  const boxes = boxesOf(picture);
  for (const [index, box] of boxes.entries()) {
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThan(0);
    expect(box.x + box.width).toBeLessThanOrEqual(WIDTH);
    expect(box.y + box.height).toBeLessThanOrEqual(picture.height);
    expect(boxes.slice(index + 1).filter((other) => overlap(box, other))).toEqual([]);
  }
  for (const { path, width } of picture.edges) {
    expect(path).not.toMatch(/NaN|undefined/);
    expect(width).toBeGreaterThanOrEqual(1);
  }
});

test('the routes of each entity are together, below its name, and keep their numbers', () => {
  const picture = pictureOf(topologyOf(withRoutes(4, ['a', 'b'])));
  expect(picture.headings.map(({ entity }) => entity)).toEqual([undefined, 'a', 'b']);
  expect(picture.routes.map(({ number }) => number)).toEqual([3, 1, 4, 2]);
  const [all, a] = picture.headings;
  const third = picture.routes[0];
  expect([all?.y, third?.y, a?.y].toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual([
    all?.y,
    third?.y,
    a?.y,
  ]);
});

test('an entity without routes has no name in the drawing', () => {
  const { headings } = pictureOf(topologyOf(routes({ entities: ['order'] })));
  expect(headings.map(({ entity }) => entity)).toEqual([undefined]);
});

test('records that no route takes, and closed shards that are counted together, have a place of their own', () => {
  const closing = began(26).flatMap((event) => [event, { ...event, event: 'shardFinished' as const }]);
  const events = [
    ...closing,
    routes(),
    read(1, 3),
    invoked(1, 3, { routes: [taking(1, 2, []), taking(3, 3, [0])] }),
    passed(1, 3),
  ];
  const picture = pictureOf(topologyOf(...events));
  expect(picture.closed).toBeDefined();
  expect(picture.unrouted).toBeDefined();
  expect(boxesOf(picture).filter((box) => box.x === picture.unrouted?.x)).toHaveLength(4);
});

test('the line with the most records is the widest, and one without records is thin', () => {
  const { edges } = pictureOf(
    topologyOf(read(1, 8, 'a'), read(9, 9, 'b'), { event: 'shardStarted', shardId: 'c' }),
  );
  const widths = edges.map(({ width }) => width);
  expect(widths[0]).toBe(6);
  expect(widths[2]).toBeLessThan(3);
  expect(widths[4]).toBe(1);
});

test('the on-failure destination is not shown as a target of routes too', () => {
  const topology = topologyOf(routes(), message('sqs', 'failed'), message('sns', 'failed'));
  const named = (arn?: string) => pictureOf(topology, arn).targets.map(({ target }) => target.service);
  expect(named('arn:aws:sqs:r:1:failed')).toEqual(['sns']);
  expect(named()).toEqual(['sqs', 'sns']);
  expect(pictureOf(topology).destination).toBeUndefined();
});
