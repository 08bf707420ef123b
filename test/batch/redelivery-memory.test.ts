import { expect, test } from 'vitest';
import type { ReportableRecord } from '../../src/batch/event.ts';
import { LaneIndex, type Order } from '../../src/batch/lane-index.ts';
import { RecordState } from '../../src/batch/record-state.ts';
import { RedeliveryMemory } from '../../src/batch/redelivery-memory.ts';
import { recordOf } from '../fixtures/events.ts';

const STATES = {
  '.': RecordState.pending,
  s: RecordState.succeeded,
  f: RecordState.failed,
  k: RecordState.skipped,
};

function recordsOf(ids: string, from = 0): ReportableRecord[] {
  return [...ids].map((id, index) => recordOf({ id }, from + index) as ReportableRecord);
}

/** `x f, a s, a s` is written 'xaa', 'fss'. */
function settle(
  memory: RedeliveryMemory,
  records: readonly ReportableRecord[],
  outcome: string,
  { from, order = 'item' }: { from?: number; order?: Order } = {},
): void {
  const states = Uint8Array.from([...outcome], (state) => STATES[state as keyof typeof STATES]);
  const unfinished = [...outcome].findIndex((state) => state === '.' || state === 'f');
  const checkpoint = unfinished === -1 ? records.length : unfinished;
  const count = (state: string): number => outcome.split(state).length - 1;
  memory.settle(
    records,
    {
      states,
      checkpoint,
      succeeded: count('s'),
      skipped: count('k'),
      failed: count('f'),
      error: undefined,
      lanes: new LaneIndex(order, records.length),
    },
    from ?? checkpoint,
  );
}

function remembered(memory: RedeliveryMemory, records: readonly ReportableRecord[]): string {
  return records.map((record) => (memory.has(record) ? 'R' : '-')).join('');
}

test.each([
  ['what succeeded past the checkpoint', 'xabc', 'fss.', '-RR-'],
  ['nothing before it', 'abxc', 'ssfs', '---R'],
  ['not the newest of several of an item', 'xaab', 'fsss', '-R-R'],
  ['the older ones, though the newest did not succeed', 'xaaa', 'fss.', '-RR-'],
  ['an only record past the checkpoint, though the item has others before it', 'axab', 'sfss', '--RR'],
  ['nothing of a batch that succeeded', 'aab', 'sss', '---'],
])('it remembers %s', (_, ids, outcome, expected) => {
  const memory = new RedeliveryMemory();
  const records = recordsOf(ids);
  settle(memory, records, outcome);
  expect(remembered(memory, records)).toBe(expected);
});

test('without partial responses the whole batch is delivered again', () => {
  const memory = new RedeliveryMemory();
  const records = recordsOf('abxab');
  settle(memory, records, 'ssf..', { from: 0 });
  expect(remembered(memory, records)).toBe('RR---');
  settle(memory, records, 'kksss', { from: 0 });
  expect(memory.size).toBe(0);
});

test('the newest of a lane is the newest of what has to stay in order', () => {
  const memory = new RedeliveryMemory();
  const records = recordsOf('abcx');
  settle(memory, records, 'sss.', { from: 0, order: 'shard' });
  expect(remembered(memory, records)).toBe('RRR-');
  settle(memory, recordsOf('abc'), 'sss', { order: 'shard' });
  settle(memory, recordsOf('xabc', 10), 'fsss', { order: 'shard' });
  expect(remembered(memory, recordsOf('xabc', 10))).toBe('-RR-');
});

test('nor the newest of an item within a longer lane, nor what follows it there', () => {
  const memory = new RedeliveryMemory();
  const records = recordsOf('abbcx');
  settle(memory, records, 'ssss.', { from: 0, order: 'shard' });
  expect(remembered(memory, records)).toBe('RR---');
});

test('what was skipped stays remembered until it is behind the checkpoint', () => {
  const memory = new RedeliveryMemory();
  const records = recordsOf('xabc');
  settle(memory, records, 'fss.');
  settle(memory, records, 'fkks');
  expect(remembered(memory, records)).toBe('-RRR');
  settle(memory, records, 'skkf');
  expect(remembered(memory, records)).toBe('---R');
});

test('what an attempt did not get to stays remembered', () => {
  const memory = new RedeliveryMemory();
  const records = recordsOf('xab');
  settle(memory, records, 'fss');
  settle(memory, records, 'f..');
  expect(remembered(memory, records)).toBe('-RR');
});

test('an only record is forgotten when an older one of its item is delivered again after all', () => {
  const memory = new RedeliveryMemory();
  const records = recordsOf('axa');
  settle(memory, records, 'sfs');
  expect(remembered(memory, records)).toBe('--R');
  // The answer got lost, so Lambda sent the whole batch again.
  settle(memory, records, 'fsk');
  expect(remembered(memory, records)).toBe('-R-');
});

test('another record at the same position of another stream is another record', () => {
  const memory = new RedeliveryMemory();
  const records = recordsOf('xa');
  settle(memory, records, 'fs');
  const elsewhere = { ...(records[1] as ReportableRecord), eventSourceARN: 'arn:another' };
  expect(memory.has(elsewhere)).toBe(false);
  expect(memory.has({ ...(records[1] as ReportableRecord), eventID: 'another' })).toBe(false);
});

test('it is bounded: when 100,000 records are remembered it starts afresh', () => {
  const memory = new RedeliveryMemory();
  const batch = (size: number, from: number): ReportableRecord[] =>
    Array.from({ length: size }, (_, index) => recordOf({}, from + index) as ReportableRecord);
  const outcome = (size: number): string => `f${'s'.repeat(size - 1)}`;
  settle(memory, batch(60_001, 0), outcome(60_001));
  expect(memory.size).toBe(60_000);
  settle(memory, batch(50_001, 60_001), outcome(50_001));
  expect(memory.size).toBe(50_000);
  settle(memory, batch(100_002, 200_000), outcome(100_002));
  expect(memory.size).toBe(0);
});
