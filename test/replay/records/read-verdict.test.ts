import { expect, test } from 'vitest';
import { readVerdict, type Verdict } from '../../../src/replay/records/read-verdict.ts';
import { replayRecord } from '../../../src/replay/records/replay-record.ts';
import { recordOf, sequenceNumberAt } from '../../fixtures/events.ts';

const records = [0, 1, 2].map((index) => replayRecord(recordOf({}, index)));
const reported = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
const ALL: Verdict = { succeeded: 3, failed: undefined };
const NOBODY_KNOWS: Verdict = { succeeded: 0, failed: 'batch' };

test.each<[string, unknown, Verdict]>([
  ['nothing', null, ALL],
  ['no failure', reported(), ALL],
  ['a record', reported(sequenceNumberAt(1)), { succeeded: 1, failed: 'record' }],
  ['several records', reported(sequenceNumberAt(2), sequenceNumberAt(1)), { succeeded: 1, failed: 'record' }],
  ['the first record', reported(sequenceNumberAt(0)), { succeeded: 0, failed: 'record' }],
  ['a record that is not there', reported('7'), NOBODY_KNOWS],
  ['an empty identifier', reported(''), NOBODY_KNOWS],
  ['text', 'done', NOBODY_KNOWS],
])('a handler that reports %s', (_name, response, verdict) => {
  expect(readVerdict({ type: 'returned', response }, records, true)).toEqual(verdict);
});

test('a handler that throws', () => {
  expect(readVerdict({ type: 'failed' }, records, true)).toEqual(NOBODY_KNOWS);
});

test.each<[string, Parameters<typeof readVerdict>[0]]>([
  ['throws', { type: 'failed' }],
  ['answers with text', { type: 'returned', response: 'done' }],
])('a handler that %s, with one record: it is that record', (_name, outcome) => {
  expect(readVerdict(outcome, records.slice(0, 1), true)).toEqual({ succeeded: 0, failed: 'record' });
});

test('a handler that does not report: any answer is success', () => {
  expect(readVerdict({ type: 'returned', response: 'done' }, records, false)).toEqual(ALL);
});
