import { expect, test } from 'vitest';
import { type BatchResult, readResponse } from '../../../src/replay/records/read-response.ts';
import { replayRecord } from '../../../src/replay/records/replay-record.ts';
import { recordOf, sequenceNumberAt } from '../../fixtures/events.ts';

const records = [0, 1, 2].map((index) => replayRecord(recordOf({}, index)));
const reported = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
const ALL: BatchResult = { succeeded: 3, failed: undefined };
const UNKNOWN: BatchResult = { succeeded: 0, failed: 'batch' };

test.each<[string, unknown, BatchResult]>([
  ['nothing', null, ALL],
  ['no failure', reported(), ALL],
  ['a record', reported(sequenceNumberAt(1)), { succeeded: 1, failed: 'record' }],
  ['several records', reported(sequenceNumberAt(2), sequenceNumberAt(1)), { succeeded: 1, failed: 'record' }],
  ['the first record', reported(sequenceNumberAt(0)), { succeeded: 0, failed: 'record' }],
  ['a record that is not there', reported('7'), UNKNOWN],
  ['an empty identifier', reported(''), UNKNOWN],
  ['text', 'done', UNKNOWN],
])('a handler that reports %s', (_name, response, result) => {
  expect(readResponse({ type: 'returned', response }, records, true)).toEqual(result);
});

test('a handler that throws', () => {
  expect(readResponse({ type: 'failed' }, records, true)).toEqual(UNKNOWN);
});

test.each<[string, Parameters<typeof readResponse>[0]]>([
  ['throws', { type: 'failed' }],
  ['answers with text', { type: 'returned', response: 'done' }],
])('a handler that %s, with one record: it is that record', (_name, outcome) => {
  expect(readResponse(outcome, records.slice(0, 1), true)).toEqual({ succeeded: 0, failed: 'record' });
});

test('a handler that does not report: any answer is success', () => {
  expect(readResponse({ type: 'returned', response: 'done' }, records, false)).toEqual(ALL);
});
