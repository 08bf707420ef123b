import { expect, test } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import { recordContext } from '../../src/batch/record-context.ts';
import { requireTime } from '../../src/batch/require-time.ts';
import { LazyRecord } from '../../src/record/lazy-record.ts';
import { scriptedContext } from '../fixtures/clocks.ts';
import { memoryLogger, recordOf } from '../fixtures/events.ts';

const record = new LazyRecord(recordOf(), { toNumber: Number, viewType: 'KEYS_ONLY', checks: undefined });

function setUp() {
  const clock = scriptedContext(2000);
  return { clock, context: recordContext(memoryLogger(), new Deadline(clock, 1000), undefined) };
}

test('the clock decides, before any timer has aborted the signal', () => {
  const { clock, context } = setUp();
  expect(() => requireTime(record, context, 'a step')).not.toThrow();
  clock.advance(1001);
  expect(context.signal.aborted).toBe(false);
  expect(() => requireTime(record, context, 'a step')).toThrow(
    expect.objectContaining({ code: 'DEADLINE_REACHED' }),
  );
});

test('a copy of the context with a signal of its own has that for its deadline', () => {
  const { clock, context } = setUp();
  const own = new AbortController();
  const copy = { ...context, signal: own.signal };
  clock.advance(1001);
  expect(() => requireTime(record, copy, 'a step')).not.toThrow();
  own.abort(new Error('own'));
  expect(() => requireTime(record, copy, 'a step')).toThrow('own');
});
