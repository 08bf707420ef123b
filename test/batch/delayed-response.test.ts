import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import { DelayedResponse } from '../../src/batch/delayed-response.ts';
import { delayedResponseOf, type RecordContext, recordContext } from '../../src/batch/record-context.ts';
import { contextOf } from '../fixtures/events.ts';
import { passTimeUntil } from '../fixtures/fake-timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** 3 seconds to the deadline, 3.5 to the end of the hold, 4 to the end of the invocation. */
const answerOf = () => new DelayedResponse(new Deadline(contextOf(4000), 1000));

async function elapsed(promise: Promise<void> | undefined): Promise<number | undefined> {
  if (promise === undefined) return undefined;
  const startedAt = Date.now();
  await passTimeUntil(promise);
  return Date.now() - startedAt;
}

describe('an answer', () => {
  test('that nothing holds does not even wait a tick', () => {
    expect(answerOf().released()).toBeUndefined();
  });

  test('waits for the work that holds it, whether that succeeds or fails', async () => {
    const answer = answerOf();
    answer.hold(wait(100));
    answer.hold(wait(200).then(() => Promise.reject(new Error('no'))));
    expect(await elapsed(answer.released())).toBe(200);
    expect(answer.released()).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for what holds it meanwhile', async () => {
    const answer = answerOf();
    answer.hold(wait(100).then(() => answer.hold(wait(100))));
    expect(await elapsed(answer.released())).toBe(200);
  });

  test('waits past the deadline, until half of the reserve is left', async () => {
    const answer = answerOf();
    answer.hold(new Promise(() => {}));
    const ms = await elapsed(answer.released());
    expect(ms).toBeGreaterThanOrEqual(3500);
    expect(ms).toBeLessThan(3510);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('tells how much time is left for what', () => {
    const answer = answerOf();
    expect([answer.leftMs(), answer.heldMs(), answer.reached()]).toEqual([3000, 3500, false]);
    expect(answer.signal.aborted).toBe(false);
    vi.setSystemTime(Date.now() + 3001);
    expect([answer.leftMs(), answer.heldMs(), answer.reached()]).toEqual([-1, 499, true]);
    expect(answer.signal.aborted).toBe(true);
  });
});

test('records after the lowest failure are delivered again: numbers compare as numbers', () => {
  const answer = answerOf();
  expect(answer.isPastFailure('10')).toBe(false);
  answer.failed('100');
  answer.failed('20');
  answer.failed('30');
  expect(['9', '020', '20', '21', '100'].map((number) => answer.isPastFailure(number))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});

test('a context made by hand has an answer too, with all the time that it says', () => {
  const context = { getRemainingTimeInMillis: () => 500 } as RecordContext;
  const answer = delayedResponseOf(context);
  expect([answer.leftMs(), answer.heldMs()]).toEqual([500, 500]);
});

test('all records of an invocation hold the same answer', () => {
  const context = recordContext(console, new Deadline(contextOf(), 1000), undefined);
  expect(delayedResponseOf(context)).toBe(delayedResponseOf(context));
});
