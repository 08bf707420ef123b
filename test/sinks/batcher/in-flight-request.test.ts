import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InFlightRequest } from '../../../src/sinks/batcher/in-flight-request.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ['was answered', async () => undefined],
  ['has failed', () => Promise.reject(new Error('no'))],
])('a request that %s leaves no timer, which would keep the process alive', async (_, request) => {
  await new InFlightRequest(1, 10_000).run(request).catch(() => undefined);
  expect(vi.getTimerCount()).toBe(0);
});

test('a request is cancelled when no entry waits for it any more, and leaves no timer', async () => {
  const request = new InFlightRequest(2, 10_000);
  let signal: AbortSignal | undefined;
  const running = request.run((given) => {
    signal = given;
    return new Promise(() => {});
  });
  request.leave();
  expect(signal?.aborted).toBe(false);
  request.leave();
  await expect(running).rejects.toThrow();
  expect(signal?.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
