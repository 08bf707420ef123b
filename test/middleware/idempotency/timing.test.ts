import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pause, withTimeout } from '../../../src/middleware/idempotency/timing.ts';
import { passTimeUntil } from '../../fixtures/fake-timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function elapsed(promise: Promise<unknown>): Promise<number> {
  const startedAt = Date.now();
  await passTimeUntil(promise);
  return Date.now() - startedAt;
}

describe('a pause', () => {
  test('lasts as long as it is told, and leaves no timer or listener', async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    expect(await elapsed(pause(250, signal))).toBe(250);
    expect(await elapsed(pause(250))).toBe(250);
    expect(removed).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends with its signal', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    expect(await elapsed(pause(250, controller.signal))).toBe(100);
    expect(await elapsed(pause(250, controller.signal))).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

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

describe('a negative time, as what is left may be', () => {
  test('ends at once, and Node does not warn of it', async () => {
    vi.useRealTimers();
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    await pause(-1413.9);
    await expect(withTimeout(() => new Promise(() => {}), -1413.9)).rejects.toThrow('within 0 ms');
    expect(warned.mock.calls).toEqual([]);
  });
});
