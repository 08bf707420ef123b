import { expect, test, vi } from 'vitest';
import { wait } from '../../src/stream/wait.ts';

const signal = new AbortController().signal;

test.each([[-5], [Number.NaN], [0]])('a delay of %d ms does not wait, without a warning', async (delayMs) => {
  const warned = vi.fn();
  process.on('warning', warned);
  await wait(delayMs, signal);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});

test.each([[Number.POSITIVE_INFINITY], [2 ** 31]])('a delay of %d ms is a long one', async (delayMs) => {
  const stopping = new AbortController();
  let over = false;
  const waiting = wait(delayMs, stopping.signal).then(() => {
    over = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(over).toBe(false);
  stopping.abort();
  await waiting;
});
