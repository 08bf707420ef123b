import { expect, test } from 'vitest';
import { Store } from '../../../src/console/state/store.ts';
import { messageOf, readEvent, shown } from './events.ts';

function storeOf(...events: Parameters<typeof messageOf>[0]): Store {
  const store = new Store();
  store.add(messageOf(events));
  return store;
}

const statuses = (store: Store) => store.changes.map(({ status }) => status);
const failure = (number: number, fields: object = {}) => ({
  eventID: `e${number}`,
  eventName: 'INSERT',
  deadLettered: false,
  message: 'Error: no',
  at: 'a.ts:1',
  stack: '',
  ...fields,
});
const invocation = (records: readonly (readonly number[])[], fields: object) => ({
  event: 'invocation' as const,
  records,
  ...fields,
});

test('changes are in the order in which they were read', () => {
  const store = storeOf(readEvent(shown(1), shown(2)), readEvent(shown(3)));
  expect(store.changes.map(({ record }) => record.number)).toEqual([1, 2, 3]);
  expect(store.change(2)?.shardId).toBe('s');
  expect(store.change(4)).toBeUndefined();
  expect(store.counts.read).toBe(3);
  expect(statuses(store)).toEqual(['waiting', 'waiting', 'waiting']);
});

test('the status of a change follows its invocations', () => {
  const store = storeOf(readEvent(shown(1), shown(2), shown(3)));
  const next = (...events: Parameters<typeof messageOf>[0]) => {
    store.add(messageOf(events));
    return statuses(store);
  };
  expect(next({ event: 'invocationStarted', records: [[1, 3]] })).toEqual(['running', 'running', 'running']);
  expect(next(invocation([[1, 3]], { outcome: 'partial', failures: [failure(2)] }))).toEqual([
    'waiting',
    'failed',
    'waiting',
  ]);
  expect(next({ event: 'checkpoint', records: [[1, 1]], outcome: 'succeeded' })).toEqual([
    'succeeded',
    'failed',
    'waiting',
  ]);
  expect(next({ event: 'retry', records: [[2, 3]] })).toEqual(['succeeded', 'failed', 'retrying']);
  expect(next({ event: 'invocationStarted', records: [[2, 3]] })).toEqual([
    'succeeded',
    'running',
    'running',
  ]);
  expect(next(invocation([[2, 3]], { outcome: 'failed', failures: [failure(2)] }))).toEqual([
    'succeeded',
    'failed',
    'waiting',
  ]);
  expect(next({ event: 'checkpoint', records: [[2, 2]], outcome: 'discarded' })).toEqual([
    'succeeded',
    'discarded',
    'waiting',
  ]);
  expect(store.change(2)).toMatchObject({ attempts: 2, message: 'Error: no' });
  expect(store.counts).toMatchObject({ invocations: 2, failedInvocations: 1, succeeded: 1, discarded: 1 });
  expect(store.failures.list).toMatchObject([{ count: 2, numbers: [2] }]);
});

test('filtered changes and dead letters have a status of their own, and a throttled invocation does not count', () => {
  const store = storeOf(
    readEvent(shown(1), shown(2)),
    { event: 'filtered', records: [[1, 1]] },
    invocation([[2, 2]], { outcome: 'throttled' }),
    invocation([[2, 2]], { outcome: 'succeeded', failures: [failure(2, { deadLettered: true })] }),
    { event: 'checkpoint', records: [[2, 2]], outcome: 'succeeded' },
  );
  expect(statuses(store)).toEqual(['filtered', 'dead-lettered']);
  expect(store.counts).toMatchObject({ filtered: 1, invocations: 1, succeeded: 1 });
});

test('a failure without a record counts, and is that of the only record of a batch', () => {
  const unnamed = failure(0, { eventID: undefined });
  const store = storeOf(
    readEvent(shown(1), shown(2), shown(3)),
    invocation([[1, 2]], { outcome: 'failed', failures: [unnamed] }),
    invocation([[3, 3]], { outcome: 'failed', failures: [unnamed] }),
  );
  expect(store.failures.list).toMatchObject([{ count: 2, numbers: [3] }]);
  expect(statuses(store)).toEqual(['waiting', 'waiting', 'failed']);
});

test('events of records that are no longer kept change nothing but counts', () => {
  const store = storeOf(
    { event: 'filtered', records: [[1, 5]] },
    invocation([[1, 2]], { outcome: 'succeeded' }),
  );
  expect(store.changes).toEqual([]);
  expect(store.counts.filtered).toBe(5);
});

test('a record that is processed twice counts once', () => {
  const passed = { event: 'checkpoint' as const, records: [[1, 2]], outcome: 'succeeded' };
  const store = storeOf(readEvent(shown(1), shown(2), shown(3)), passed, { ...passed, records: [[1, 3]] });
  expect(store.counts.succeeded).toBe(3);
});

test('the head says what runs, and what troubles it', () => {
  const store = storeOf(
    { event: 'started', table: 'T', handler: 'h.ts', importedAs: { module: './h.ts', name: 'handler' } },
    { event: 'state', state: 'Enabled' },
  );
  expect(store).toMatchObject({
    table: 'T',
    handler: 'h.ts',
    origin: { table: 'T', importedAs: { module: './h.ts', name: 'handler' } },
    state: 'Enabled',
    keyNames: ['id'],
    notice: undefined,
  });
  store.add(messageOf([{ event: 'notLoaded', message: 'syntax.' }]));
  expect(store.notice).toBe('Not reloaded: syntax.');
  store.add(messageOf([{ event: 'waiting' }]));
  expect(store.notice).toMatch(/cannot be loaded/);
  store.add(messageOf([{ event: 'reloaded' }, { event: 'stopped' }, { event: 'shardStarted' }]));
  expect(store).toMatchObject({ notice: undefined, state: 'Stopped' });
});

test('a pause is known until it ends, or until another run begins', () => {
  const store = storeOf({ event: 'paused' });
  expect(store.isPaused).toBe(true);
  store.add(messageOf([{ event: 'resumed' }]));
  expect(store.isPaused).toBe(false);
  store.add(messageOf([{ event: 'paused' }]));
  store.add(messageOf([], 'other'));
  expect(store.isPaused).toBe(false);
});

test('blocked batches are known, with the settings of their retries, until another run begins', () => {
  const settings = { maximumRetryAttempts: 2, maximumRecordAgeInSeconds: 60, onFailureDestination: null };
  const store = storeOf(
    { event: 'started', table: 'T', handler: 'h.ts', retries: settings },
    { event: 'invocationStarted', records: [[1, 1]], requestId: 'r' },
    { event: 'retry', records: [[1, 1]], requestId: 'r' },
  );
  expect(store.retries).toEqual(settings);
  expect(store.blocked.list).toHaveLength(1);
  store.add(messageOf([], 'other'));
  expect(store.blocked.list).toEqual([]);
});

test('the oldest changes are dropped, and their number is known', () => {
  const store = new Store(3);
  expect(store.dropped).toBe(0);
  store.add(messageOf([readEvent(...[1, 2, 3, 4, 5].map((number) => shown(number)))]));
  expect(store.changes.map(({ record }) => record.number)).toEqual([3, 4, 5]);
  expect(store.change(1)).toBeUndefined();
  expect(store.dropped).toBe(2);
});

test('another run replaces everything', () => {
  const store = storeOf(
    readEvent(shown(1)),
    invocation([[1, 1]], { outcome: 'failed', failures: [failure(1)] }),
    {
      event: 'waiting',
    },
  );
  store.add(messageOf([readEvent(shown(1))], 'next'));
  expect(statuses(store)).toEqual(['waiting']);
  expect(store).toMatchObject({
    notice: undefined,
    counts: { read: 1, invocations: 0 },
    failures: { list: [] },
  });
});
