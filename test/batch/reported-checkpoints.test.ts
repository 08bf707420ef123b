import { expect, test } from 'vitest';
import type { Batch, ReportableRecord } from '../../src/batch/event.ts';
import { ReportedCheckpoints } from '../../src/batch/reported-checkpoints.ts';
import { recordOf, STREAM_ARN } from '../fixtures/events.ts';

function batch(from: number, to: number, eventSourceARN = STREAM_ARN): Batch {
  const records = Array.from({ length: to - from }, (_, index) => ({
    ...(recordOf({}, from + index) as ReportableRecord),
    eventSourceARN,
  }));
  const sequenceNumbers = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
  return { records, received: records, sequenceNumbers, identifiers: sequenceNumbers, fromPipe: false };
}

test('knows a batch that begins with the record that was reported', () => {
  const reported = new ReportedCheckpoints();
  expect(reported.startsBatch(batch(0, 5))).toBe(false);
  reported.settle(batch(0, 5), 2);
  expect(reported.startsBatch(batch(2, 5))).toBe(true);
});

test.each([
  ['that has it further back', batch(0, 5)],
  ['that begins past it', batch(3, 5)],
  ['of another stream', batch(2, 5, `${STREAM_ARN}Z`)],
  ['without records', batch(0, 0)],
])('does not take a batch %s for it', (_, records) => {
  const reported = new ReportedCheckpoints();
  reported.settle(batch(0, 5), 2);
  expect(reported.startsBatch(records)).toBe(false);
  reported.settle(batch(0, 0), 0);
  expect(reported.startsBatch(batch(2, 5))).toBe(true);
});

test('forgets a record once it has succeeded, and notes the one that failed then', () => {
  const reported = new ReportedCheckpoints();
  reported.settle(batch(0, 5), 2);
  reported.settle(batch(2, 5), 1);
  expect(reported.startsBatch(batch(2, 5))).toBe(false);
  expect(reported.startsBatch(batch(3, 5))).toBe(true);
  reported.settle(batch(3, 5), 2);
  expect(reported.startsBatch(batch(3, 5))).toBe(false);
});

test('keeps a record that fails again', () => {
  const reported = new ReportedCheckpoints();
  for (let attempt = 0; attempt < 3; attempt++) reported.settle(batch(2, 5), 0);
  expect(reported.startsBatch(batch(2, 5))).toBe(true);
});

test('keeps the newest 1,000', () => {
  const reported = new ReportedCheckpoints();
  const shards = Array.from({ length: 1001 }, (_, shard) => batch(10 * shard, 10 * shard + 2));
  for (const shard of shards) reported.settle(shard, 1);
  const known = shards.map((_, shard) => reported.startsBatch(batch(10 * shard + 1, 10 * shard + 2)));
  expect(known.indexOf(true)).toBe(1);
  expect(known.lastIndexOf(false)).toBe(0);
});
