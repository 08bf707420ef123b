import { expect, test } from 'vitest';
import { Store } from '../../../../src/console/state/store.ts';
import { messageOf } from '../events.ts';
import {
  type Fields,
  invoked,
  passed,
  read,
  routes,
  started,
  storeOf,
  taking,
  topologyOf,
} from './topologies.ts';

const counts = (...events: readonly Fields[]) =>
  topologyOf(...events).routes.map(({ handled, maybeHandled, failed, maybeFailed }) => [
    handled,
    maybeHandled,
    failed,
    maybeFailed,
  ]);
const failure = (number: number, fields: object = {}) => ({
  eventID: `e${number}`,
  deadLettered: false,
  message: 'no',
  stack: '',
  ...fields,
});

test('a shard counts its records, and shows which of its slots have an invocation', () => {
  const { shards } = topologyOf(
    read(1, 5),
    { event: 'filtered', shardId: 's', records: [[1, 1]] },
    { event: 'filtered', shardId: 's', records: [[1, 1]] },
    started('a'),
    started('b', 1),
    invoked(2, 3, { requestId: 'a', outcome: 'partial' }),
    passed(2, 3),
    passed(4, 4, 'discarded'),
    read(6, 7, 't'),
  );
  expect(shards).toMatchObject([
    { shardId: 's', isClosed: false, read: 5, filtered: 1, succeeded: 2, discarded: 1, failedInvocations: 1 },
    { shardId: 't', read: 2, succeeded: 0 },
  ]);
  expect([...(shards[0]?.slots ?? [])]).toEqual([
    [0, undefined],
    [1, 'b'],
  ]);
});

test('a record that is delivered twice counts once', () => {
  expect(topologyOf(read(1, 2), passed(1, 2), passed(2, 2)).shards[0]?.succeeded).toBe(2);
});

test('the next invocation of a slot stays when the end of the one before comes late', () => {
  const { shards } = topologyOf(started('a'), started('b'), invoked(1, 1, { requestId: 'a' }));
  expect(shards[0]?.slots.get(0)).toBe('b');
});

test.each([
  ['is disabled', { event: 'state', state: 'Disabled' }],
  ['has stopped', { event: 'stopped', reason: 'stopped' }],
] as const)('no slot has an invocation when the mapping %s', (_, event) => {
  expect(topologyOf(started('a'), event).shards[0]?.slots.get(0)).toBeUndefined();
  expect(topologyOf(started('a'), { event: 'state', state: 'Enabled' }).shards[0]?.slots.get(0)).toBe('a');
});

test('a closed shard stays until there are many shards, and then closed ones are counted together', () => {
  const began = (index: number): Fields => ({ event: 'shardStarted', shardId: `shard-${index}` });
  const few = topologyOf(
    began(1),
    read(1, 3, 'shard-1'),
    { event: 'shardFinished', shardId: 'shard-1' },
    began(2),
  );
  expect(few.shards).toMatchObject([{ isClosed: true }, { isClosed: false }]);
  expect(few.closed).toEqual({ shards: 0, read: 0 });
  const many = topologyOf(
    ...Array.from({ length: 24 }, (_, index) => began(index)),
    read(1, 3, 'shard-0'),
    { event: 'shardFinished', shardId: 'shard-0' },
    { event: 'shardFinished', shardId: 'shard-2' },
    began(24),
  );
  expect(many.shards).toHaveLength(24);
  expect(many.shards.map(({ shardId }) => shardId)).not.toContain('shard-0');
  expect(many.closed).toEqual({ shards: 1, read: 3 });
  // Open shards are never left out.
  const open = topologyOf(...Array.from({ length: 40 }, (_, index) => began(index)));
  expect(open.shards).toHaveLength(40);
  // A shard that is read again is open again.
  expect(
    topologyOf({ event: 'shardFinished', shardId: 'a' }, { event: 'shardStarted', shardId: 'a' }).shards,
  ).toMatchObject([{ isClosed: false }]);
});

test('a route counts the records that it takes and that succeeded, and its failures', () => {
  const events = [
    routes(),
    read(1, 6),
    invoked(1, 6, {
      outcome: 'partial',
      routes: [
        taking(1, 2, [0]),
        taking(3, 3, [1], [2]),
        taking(4, 4, []),
        taking(5, 6, [0]),
        taking(50, 50, [0]),
      ],
      failures: [failure(3), failure(5), failure(6, { deadLettered: true }), failure(99)],
    }),
    passed(1, 4),
    passed(5, 5, 'discarded'),
    passed(6, 6),
  ];
  expect(counts(...events)).toEqual([
    [2, 0, 2, 0],
    [1, 0, 1, 0],
    [0, 1, 0, 1],
  ]);
  const { unrouted, uncounted, discarded } = topologyOf(...events);
  expect({ unrouted, uncounted, discarded }).toEqual({ unrouted: 1, uncounted: 0, discarded: 1 });
});

test('the failure of an invocation with one record is that of the record, and others without a record count for no route', () => {
  const unnamed = failure(0, { eventID: undefined });
  const failed = { outcome: 'failed', failures: [unnamed] };
  expect(counts(routes(), read(1, 1), invoked(1, 1, { ...failed, routes: [taking(1, 1, [0])] }))[0]).toEqual([
    0, 0, 1, 0,
  ]);
  expect(counts(routes(), read(1, 2), invoked(1, 2, { ...failed, routes: [taking(1, 2, [0])] }))[0]).toEqual([
    0, 0, 0, 0,
  ]);
});

test('an entity counts its records that succeeded', () => {
  const topology = topologyOf(
    routes({ entities: ['order', 'customer'] }),
    read(1, 2),
    invoked(1, 2, { routes: [taking(1, 2, [0])], entities: [{ name: 'order', records: [[1, 2]] }] }),
    passed(1, 2),
  );
  expect([topology.handledOf('order'), topology.handledOf('customer')]).toEqual([2, 0]);
});

test('records of which no routes are known are said, for a router', () => {
  const of = (...events: readonly Fields[]) =>
    topologyOf(...events, read(1, 3), passed(1, 3), passed(7, 7)).uncounted;
  expect(of(routes())).toBe(4);
  expect(of(routes({ kind: 'window' }))).toBe(0);
  expect(of()).toBe(0);
});

test('loading the same routes again keeps their counts; others begin at 0, and old changes have no routes', () => {
  const before = [routes(), read(1, 3), invoked(1, 3, { routes: [taking(1, 3, [0])] }), passed(1, 1)];
  expect(counts(...before, routes())[0]).toEqual([1, 0, 0, 0]);
  const other = routes({ routesId: 'two', routes: [{ eventName: 'INSERT' }] });
  const after = [
    ...before,
    other,
    passed(2, 2),
    invoked(3, 3, { routes: [taking(3, 3, [0])], failures: [failure(3)] }),
  ];
  expect(counts(...after)).toEqual([[0, 0, 0, 0]]);
  expect(topologyOf(...after).uncounted).toBe(1);
  const again = invoked(3, 3, { routes: [taking(3, 3, [0, 5], [], 'two')], failures: [failure(3)] });
  expect(counts(...after, again, passed(3, 3))).toEqual([[1, 0, 1, 0]]);
});

test('changes with the same routes share them, and there is a limit to what is kept for that', () => {
  const same = storeOf(
    routes(),
    read(1, 2),
    invoked(1, 2, { routes: [taking(1, 1, [0]), taking(2, 2, [0])] }),
  );
  expect(same.change(1)?.routes).toBe(same.change(2)?.routes);
  const groups = Array.from({ length: 1002 }, (_, index) => taking(1, 1, [index]));
  const many = storeOf(routes(), read(1, 2), invoked(1, 2, { routes: [...groups, taking(2, 2, [1001])] }));
  expect(many.change(1)?.routes).toEqual(many.change(2)?.routes);
  expect(many.change(1)?.routes).not.toBe(many.change(2)?.routes);
});

test('targets count their messages, up to a number of targets', () => {
  const message = (name: string): Fields => ({ event: 'message', service: 'sqs', name, messageId: 'm' });
  expect(topologyOf(message('a'), message('b'), message('a')).targets).toEqual([
    { service: 'sqs', name: 'a', messages: 2 },
    { service: 'sqs', name: 'b', messages: 1 },
  ]);
  expect(topologyOf(...Array.from({ length: 120 }, (_, index) => message(`q${index}`))).targets).toHaveLength(
    100,
  );
});

test('a page that opened late says so, and another run begins anew', () => {
  const store = new Store();
  const late = { ...messageOf([read(1, 1)]), dropped: 7 };
  store.add(late);
  expect(store.topology.isPartial).toBe(true);
  store.add(messageOf([read(1, 1)], 'another'));
  expect(store.topology.isPartial).toBe(false);
  // Events that the page has had are no longer kept.
  store.add({ ...messageOf([], 'another'), dropped: 1 });
  expect(store.topology.isPartial).toBe(false);
});
