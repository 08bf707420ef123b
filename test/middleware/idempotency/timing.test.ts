import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withTimeout } from '../../../src/middleware/idempotency/timing.ts';
import { pause } from '../../../src/promise/pause.ts';
import { passTimeUntil } from '../../fixtures/fake-timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a call with a timeout', () => {
  test('is its own answer when that comes in time, and leaves no timer', async () => {
    expect(await withTimeout(async () => 'answer', 100)).toBe('answer');
    await expect(withTimeout(() => Promise.reject(new Error('refused')), 100)).rejects.toThrow('refused');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is a TimeoutError otherwise; what comes later is dropped', async () => {
    const late = () => pause(200).then(() => Promise.reject(new Error('late')));
    await expect(passTimeUntil(withTimeout(late, 100))).rejects.toThrow(
      expect.objectContaining({ name: 'TimeoutError', message: 'The store did not answer within 100 ms.' }),
    );
    await passTimeUntil(pause(200));
  });
});

describe('a negative time, as the remaining time may be', () => {
  test('ends at once, and Node does not warn of it', async () => {
    vi.useRealTimers();
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    await expect(withTimeout(() => new Promise(() => {}), -1413.9)).rejects.toThrow('within 0 ms');
    expect(warned.mock.calls).toEqual([]);
  });
});
