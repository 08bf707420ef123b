import { expect, test } from 'vitest';
import type { Route, Shard } from '../../../../src/console/state/topology/topology.ts';
import {
  lanesText,
  notesOf,
  rangeText,
  routeName,
  shardName,
  targetName,
  targetOf,
} from '../../../../src/console/state/topology/topology-text.ts';
import { passed, ROUTER, read, routes, topologyOf } from './topologies.ts';

test.each([
  [5, 0, '5 handled'],
  [1200, 0, '1,200 handled'],
  [0, 3, 'up to 3 handled'],
  [2, 3, '2 to 5 handled'],
])('%i certain and %i possible ones: %s', (certain, maybe, text) => {
  expect(rangeText(certain, maybe, 'handled')).toBe(text);
});

const noCounts = { handled: 0, maybeHandled: 0, failed: 0, maybeFailed: 0 };

test.each<[Route, string]>([
  [{ eventName: 'INSERT', ...noCounts }, 'Route 2: INSERT, every record, 0 handled'],
  [
    { eventName: 'MODIFY', entity: 'order', condition: 'status changed', ...noCounts, handled: 4, failed: 1 },
    'Route 2: MODIFY of order, status changed, 4 handled, 1 failed',
  ],
])('%j is named %s', (route, name) => {
  expect(routeName(route, 2)).toBe(name);
});

const SHARD: Shard = {
  shardId: 'shardId-0000-12345678',
  isClosed: false,
  read: 1000,
  filtered: 0,
  succeeded: 1000,
  discarded: 0,
  failedInvocations: 0,
  slots: new Map(),
};

test.each<[Partial<Shard>, number, string]>([
  [{}, 0, 'Shard …0-12345678, 1,000 read'],
  [
    { isClosed: true, succeeded: 900, discarded: 20, filtered: 30 },
    0,
    'Shard …0-12345678, closed, 1,000 read, 50 not processed, 30 filtered, 20 discarded',
  ],
  [
    {
      failedInvocations: 1,
      slots: new Map([
        [0, 'r'],
        [1, undefined],
      ]),
    },
    1,
    'Shard …0-12345678, 1,000 read, 1 failed invocation, 1 of 2 slots busy, 1 blocked',
  ],
  [{ read: 0 }, 0, 'Shard …0-12345678, 0 read'],
])('a shard with %j is named by what it has', (fields, blocked, name) => {
  expect(shardName({ ...SHARD, ...fields }, blocked)).toBe(name);
});

test.each([
  ['item', '10 lanes, ordered by item'],
  ['partition', '10 lanes, ordered by partition'],
  ['shard', '1 lane, in order of the shard'],
] as const)('the lanes of a router with the order %s: %s', (order, text) => {
  expect(lanesText({ ...ROUTER, order })).toBe(text);
});

test('the lanes of a handler that is not a router are not known', () => {
  const { lanes: _, ...unknown } = ROUTER;
  expect(lanesText(unknown)).toBeUndefined();
});

test.each([
  ['a router needs no note', [routes()], []],
  ['nothing is known yet', [], []],
  ['a window', [routes({ kind: 'window' })], [/^A window has no routes/]],
  ['no router', [routes({ kind: 'unknown' })], [/^The handler is not a router, or something wraps it/]],
  [
    'several routers',
    [routes({ kind: 'unknown', exported: ['a', 'b'] })],
    [/exports several routers: a, b\./],
  ],
  [
    'a router behind Middy',
    [routes({ exported: ['router'] })],
    [/^The handler does not tell .* of the export router\.$/],
  ],
  ['routes that are not known', [routes(), read(1, 2), passed(1, 2)], [/^Of 2 succeeded records,/]],
  [
    'messages',
    [{ event: 'message', service: 'sns', name: 'a', messageId: 'm' }],
    [/not which route sent it/],
  ],
] as const)('notes: %s', (_, events, patterns) => {
  const notes = notesOf(topologyOf(...events));
  expect(notes).toHaveLength(patterns.length);
  for (const [index, pattern] of patterns.entries()) expect(notes[index]).toMatch(pattern);
});

test('notes: counts that begin late', () => {
  const topology = topologyOf();
  topology.begin(3);
  expect(notesOf(topology)).toEqual(['Counts are too low: older events are no longer kept.']);
});

test.each([
  ['arn:aws:sqs:eu-central-1:123456789012:failed', 'queue failed'],
  ['arn:aws:sns:eu-central-1:123456789012:failed', 'topic failed'],
  ['arn:aws:s3:::failed', 'bucket failed'],
  ['else', ' else'],
])('%s is the %s', (arn, name) => {
  expect(targetName(targetOf(arn))).toBe(name);
});
