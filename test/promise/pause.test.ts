import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pause } from '../../src/promise/pause.ts';
import { passTimeUntil } from '../fixtures/fake-timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function elapsed(promise: Promise<unknown>): Promise<number> {
  const startedAt = Date.now();
  await passTimeUntil(promise);
  return Date.now() - startedAt;
}

describe('a pause', () => {
  test('lasts as long as asked for, and leaves no timer or listener', async () => {
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

test('a negative pause, as the time that is left may be, ends at once, and Node does not warn of it', async () => {
  vi.useRealTimers();
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  await pause(-1413.9);
  expect(warned.mock.calls).toEqual([]);
});
