import { expect, test } from 'vitest';
import {
  blockText,
  durationText,
  invocationText,
  shortId,
} from '../../../../src/console/state/timeline/invocation-text.ts';
import { ended, invocationsOf, started, timelineOf } from './events.ts';

test.each([
  [0.456, '0.5 ms'],
  [9, '9 ms'],
  [849.7, '850 ms'],
  [2500, '2.5 s'],
  [180_000, '3 min'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  ['shard', 'shard'],
  ['shardId-00000001', '…d-00000001'],
])('the short form of %s is %s', (id, text) => {
  expect(shortId(id)).toBe(text);
});

test('the name of an invocation says what a person sees', () => {
  const timeline = timelineOf(
    started(1, 'a', [[1, 4]]),
    ended(2, 'a', 'failed', { failures: [{ eventID: 'e1' }] }),
    started(3, 'a', [[1, 4]], { attempt: 2 }),
    ended(4, 'a', 'partial', { durationMs: 12 }),
    started(5, 'b', [[4, 4]]),
    ended(6, 'b', 'failed'),
    { event: 'split', at: 6, requestId: 'b', left: [[4, 4]], right: [] },
    started(7, 'c', [[4, 4]]),
  );
  const invocations = invocationsOf(timeline);
  expect(invocations.map(invocationText)).toEqual([
    'failed, 4 records, 1 failed, 1 ms',
    'partial, attempt 2, 4 records, 12 ms',
    'failed, rest of a batch, 1 record, 1 ms',
    'running, half of a batch, 1 record',
  ]);
  const block = { x: 0, width: 1, depth: 0, outcome: 'failed' as const, failedRecords: [] };
  expect(blockText({ ...block, invocations: invocations.slice(3) })).toBe(
    'Invocation: running, half of a batch, 1 record',
  );
  expect(blockText({ ...block, invocations })).toBe('4 invocations, 3 with failures');
  expect(blockText({ ...block, invocations: [invocations[3], invocations[3]] as never })).toBe(
    '2 invocations',
  );
});
