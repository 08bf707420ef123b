import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import { DeadlineError } from '../../src/errors.ts';
import { scriptedContext } from '../fixtures/clocks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  [undefined],
  [{}],
  [{ getRemainingTimeInMillis: undefined }],
  // A mock without a return value.
  [{ getRemainingTimeInMillis: () => undefined as unknown as number }],
])('without a clock there is no deadline: %o', (countdown) => {
  const deadline = new Deadline(countdown as object, 1000);
  const callback = vi.fn();
  deadline.onReached(callback);
  vi.advanceTimersByTime(3_600_000);
  expect(deadline.remainingMs()).toBe(Number.POSITIVE_INFINITY);
  expect(deadline.reached()).toBe(false);
  expect(callback).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('a clock that gives no number is not a deadline, and no timer asks it again and again', () => {
  const deadline = new Deadline({ getRemainingTimeInMillis: () => Number.NaN }, 1000);
  const callback = vi.fn();
  deadline.onReached(callback);
  expect(vi.getTimerCount()).toBe(0);
  expect(deadline.reached()).toBe(false);
  expect(callback).not.toHaveBeenCalled();
});

test('it is reached once less than reserveMs is left, and stays so', () => {
  const context = scriptedContext(1001);
  const deadline = new Deadline(context, 1000);
  expect(deadline.reached()).toBe(false);
  context.advance(1);
  expect(deadline.reached()).toBe(false);
  context.advance(1);
  expect(deadline.reached()).toBe(true);
  context.advance(-1000);
  expect(deadline.reached()).toBe(true);
});

test('the signal aborts at the deadline, with a DeadlineError', () => {
  const context = scriptedContext(1500);
  const deadline = new Deadline(context, 1000);
  const { signal } = deadline;
  expect(deadline.signal).toBe(signal);
  expect(deadline.reached()).toBe(false);
  expect(signal.aborted).toBe(false);
  context.advance(501);
  expect(deadline.reached()).toBe(true);
  expect(signal.reason).toBeInstanceOf(DeadlineError);
});

test('a signal that is asked for after the deadline has aborted', () => {
  const deadline = new Deadline(scriptedContext(10), 1000);
  expect(deadline.reached()).toBe(true);
  expect(deadline.signal.aborted).toBe(true);
  expect(deadline.signal.reason).toMatchObject({ code: 'DEADLINE_REACHED', retryable: true });
});

test('it calls back at the deadline, by the clock of the context rather than the timer', () => {
  const context = scriptedContext(1100);
  const deadline = new Deadline(context, 1000);
  const callback = vi.fn();
  deadline.onReached(callback);
  vi.advanceTimersByTime(200);
  expect(callback).not.toHaveBeenCalled();
  context.advance(101);
  vi.advanceTimersByTime(200);
  expect(callback).toHaveBeenCalledOnce();
});

test('it calls back at once when the deadline has passed, and not after stop', () => {
  const passed = vi.fn();
  new Deadline(scriptedContext(10), 1000).onReached(passed);
  vi.advanceTimersByTime(1);
  expect(passed).toHaveBeenCalledOnce();

  const stopped = vi.fn();
  const deadline = new Deadline(scriptedContext(10), 1000);
  deadline.onReached(stopped);
  deadline.stop();
  vi.advanceTimersByTime(100);
  expect(stopped).not.toHaveBeenCalled();
});

test('a clock with more time than a timer can hold is not a deadline that has passed', () => {
  const callback = vi.fn();
  const deadline = new Deadline(scriptedContext(Number.MAX_SAFE_INTEGER), 1000);
  deadline.onReached(callback);
  vi.advanceTimersByTime(60_000);
  expect(callback).not.toHaveBeenCalled();
  deadline.stop();
});
