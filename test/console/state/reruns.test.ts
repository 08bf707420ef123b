import { expect, test } from 'vitest';
import { ChangeList } from '../../../src/console/state/change-list.ts';
import { changesOf, itemOf } from '../../../src/console/state/item-history.ts';
import { type Change, Store } from '../../../src/console/state/store.ts';
import { messageOf, readEvent, shown } from './events.ts';

const started = (kind: string, of: readonly number[], ...numbers: readonly number[]) => ({
  event: 'rerunStarted' as const,
  requestId: 'r',
  kind,
  of: of.map((number) => [number, number]),
  records: numbers.map((number) => shown(number, { keys: { id: { S: `item-${of[0]}` } } })),
});

const ended = (fields: object, ...numbers: readonly number[]) => ({
  event: 'rerun' as const,
  requestId: 'r',
  records: numbers.map((number) => [number, number]),
  durationMs: 5,
  processed: 0,
  ...fields,
});

function storeOf(...events: Parameters<typeof messageOf>[0]): Store {
  const store = new Store();
  store.add(messageOf(events));
  return store;
}

const failure = (eventID: string | undefined, deadLettered = false) => ({
  eventID,
  eventName: 'INSERT',
  deadLettered,
  message: 'Error: no',
  at: 'a.ts:1',
  stack: '',
});

test('a rerun is a line of the feed of its own, and counts as nothing that the mapping did', () => {
  const store = storeOf(readEvent(shown(1)), started('again', [1], 2));
  expect(store.changes.map(({ status }) => status)).toEqual(['waiting', 'running']);
  expect(store.change(2)?.rerun).toEqual({ requestId: 'r', kind: 'again', of: [1] });
  expect(store.counts).toMatchObject({ read: 1, invocations: 0, failedInvocations: 0 });
});

test('it tells how it ended', () => {
  const store = storeOf(
    started('written', [], 1),
    ended({ outcome: 'succeeded', processed: 1, response: { ok: true }, error: undefined }, 1),
  );
  expect(store.change(1)).toMatchObject({
    status: 'succeeded',
    rerun: { outcome: 'succeeded', durationMs: 5, response: { ok: true } },
  });
  expect(store.counts.succeeded).toBe(0);
});

test('records behind the first failure are not processed', () => {
  const store = storeOf(
    started('again', [], 1, 2, 3),
    ended({ outcome: 'partial', processed: 1, failures: [failure('e2')] }, 1, 2, 3),
  );
  expect(store.changes.map(({ status, message }) => [status, message])).toEqual([
    ['succeeded', undefined],
    ['failed', 'Error: no'],
    ['failed', 'Not processed: Lambda would deliver it again.'],
  ]);
  expect(store.failures.list).toMatchObject([{ count: 1, numbers: [2] }]);
});

test('a function that threw has failed with all records', () => {
  const error = { name: 'TypeError', message: 'broken' };
  const store = storeOf(
    started('again', [], 1, 2),
    ended({ outcome: 'failed', error, failures: [failure(undefined)] }, 1, 2),
  );
  expect(store.changes.map(({ message }) => message)).toEqual(['TypeError: broken', 'TypeError: broken']);
  expect(store.failures.list).toMatchObject([{ numbers: [] }]);
});

test('a dead letter is told, and a record that was dropped meanwhile is ignored', () => {
  const store = storeOf(
    started('edited', [], 1),
    ended({ outcome: 'succeeded', processed: 1, failures: [failure('e1', true)] }, 1),
    ended({ outcome: 'failed', failures: [failure('e9')] }, 9),
  );
  expect(store.change(1)?.status).toBe('dead-lettered');
});

test('a rerun is not a change of the item', () => {
  const store = storeOf(
    readEvent(shown(1)),
    started('again', [1], 2),
    readEvent(shown(3, { keys: { id: { S: 'item-1' } } })),
  );
  const item = itemOf(store.change(2) as Change) as string;
  expect(new ChangeList(changesOf(item)).in(store).map(({ record }) => record.number)).toEqual([1, 3]);
});
