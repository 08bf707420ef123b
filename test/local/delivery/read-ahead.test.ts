import { expect, test } from 'vitest';
import { ReadAhead } from '../../../src/local/delivery/read-ahead.ts';

const MB = 1024 * 1024;

test.each([
  [0, 0, 32 * MB],
  [1, 0, 32 * MB],
  [4, 0, 16 * MB],
  [64, 0, MB],
  [64, 1000, 8 * MB],
])('of %i lanes with a window of %i ms each may hold %i bytes', (lanes, windowMs, share) => {
  const readAhead = new ReadAhead();
  readAhead.lanes = lanes;
  expect(readAhead.share(windowMs)).toBe(share);
});
