import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Flight } from '../../../src/sinks/batcher/flight.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ['was answered', async () => undefined],
  ['has failed', () => Promise.reject(new Error('no'))],
])('a request that %s leaves no timer behind, which would keep the process alive', async (_, request) => {
  await new Flight(1, 10_000).fly(request).catch(() => undefined);
  expect(vi.getTimerCount()).toBe(0);
});

test('a request that nobody waits for any more is cancelled, and leaves no timer behind', async () => {
  const flight = new Flight(2, 10_000);
  let signal: AbortSignal | undefined;
  const flown = flight.fly((given) => {
    signal = given;
    return new Promise(() => {});
  });
  flight.leave();
  expect(signal?.aborted).toBe(false);
  flight.leave();
  await expect(flown).rejects.toThrow();
  expect(signal?.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
