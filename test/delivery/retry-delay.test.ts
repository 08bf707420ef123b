import { expect, test } from 'vitest';
import { exponentialDelay } from '../../src/delivery/retry-delay.ts';

test('delays double, from half a second to a minute', () => {
  const delay = exponentialDelay();
  expect([1, 2, 3, 7, 8, 9, 10_000].map(delay)).toEqual([500, 1000, 2000, 32_000, 60_000, 60_000, 60_000]);
});

test('as in the published capture, 8 attempts take about a minute', () => {
  const delay = exponentialDelay();
  const total = [1, 2, 3, 4, 5, 6, 7].reduce((sum, attempt) => sum + delay(attempt), 0);
  expect(total).toBe(63_500);
});

test('start and limit can be chosen', () => {
  const delay = exponentialDelay({ minMs: 100, maxMs: 1000 });
  expect([1, 4, 5].map(delay)).toEqual([100, 800, 1000]);
});
