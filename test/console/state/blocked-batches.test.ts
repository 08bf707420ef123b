import { expect, test } from 'vitest';
import { BlockedBatches } from '../../../src/console/state/blocked-batches.ts';
import { messageOf } from './events.ts';

type Events = Parameters<typeof messageOf>[0];

function blockedAfter(...events: Events): BlockedBatches {
  const blocked = new BlockedBatches();
  for (const event of messageOf(events).events) blocked.take(event);
  return blocked;
}

const failure = { eventID: 'e1', deadLettered: false, message: 'Error: no', at: 'a.ts:1', stack: '' };
const begins = (requestId: string, attempt = 1, slot = 0): Events[number] => ({
  event: 'invocationStarted',
  shardId: 's',
  slot,
  records: [[1, 2]],
  requestId,
  attempt,
});
const ends = (requestId: string, failures: readonly object[] = []): Events[number] => ({
  event: 'invocation',
  requestId,
  failures,
});
const retries = (requestId: string, attempt = 2): Events[number] => ({
  event: 'retry',
  shardId: 's',
  records: [[1, 2]],
  requestId,
  attempt,
  delayMs: 1500,
  reason: 'failed',
});

test('a batch that failed blocks its slot, and says why and when it is tried again', () => {
  const letter = { ...failure, deadLettered: true };
  expect(blockedAfter(begins('r', 1, 3), ends('r', [letter, failure]), retries('r')).list).toEqual([
    {
      requestId: 'r',
      shardId: 's',
      slot: 3,
      records: [[1, 2]],
      attempt: 2,
      reason: 'failed',
      since: '2026-01-01T00:00:02Z',
      dueAt: Date.parse('2026-01-01T00:00:03.500Z'),
      failure,
    },
  ]);
});

test('it stays blocked while it is invoked again, since the first failure', () => {
  const first = [begins('r'), ends('r', [failure]), retries('r')];
  expect(blockedAfter(...first, begins('r', 2)).list).toMatchObject([
    { attempt: 2, dueAt: undefined, since: '2026-01-01T00:00:02Z', failure },
  ]);
  expect(blockedAfter(...first, begins('r', 2), ends('r'), retries('r', 3)).list).toMatchObject([
    { attempt: 3, since: '2026-01-01T00:00:02Z', failure: undefined },
  ]);
});

test('a batch that is invoked for the first time blocks nothing', () => {
  expect(blockedAfter(begins('r')).list).toEqual([]);
});

test('several slots can be blocked', () => {
  const list = blockedAfter(begins('a'), begins('b', 1, 1), retries('b'), retries('a')).list;
  expect(list.map(({ slot }) => slot)).toEqual([0, 1]);
});

test('a page that opens late does not know the slot, nor the failure', () => {
  const [batch] = blockedAfter(ends('r', [failure]), retries('r')).list;
  expect([batch?.requestId, batch?.slot, batch?.failure]).toEqual(['r', undefined, undefined]);
});

test.each<Events[number]>([
  { event: 'checkpoint', requestId: 'r' },
  { event: 'split', requestId: 'r' },
  { event: 'windowClosed', requestId: 'r' },
  { event: 'state', state: 'Disabled' },
  { event: 'stopped' },
])('$event ends it', (event) => {
  expect(blockedAfter(begins('r'), retries('r'), event).list).toEqual([]);
});

test.each<Events[number]>([
  { event: 'checkpoint', requestId: 'other' },
  { event: 'state', state: 'Disabling' },
  { event: 'reloaded' },
])('$event of another kind does not', (event) => {
  expect(blockedAfter(begins('r'), retries('r'), event).list).toHaveLength(1);
});
