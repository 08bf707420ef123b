import { describe, expect, test } from 'vitest';
import { inTime } from '../../src/batch/in-time.ts';

describe('inTime', () => {
  test('is true for what is fulfilled in time, whatever with', async () => {
    expect(await inTime(Promise.resolve(false), 1000)).toBe(true);
    expect(await inTime(Promise.resolve(), Number.POSITIVE_INFINITY)).toBe(true);
  });

  test('is false for what is not settled in time', async () => {
    expect(await inTime(new Promise(() => {}), 5)).toBe(false);
  });

  test('throws what is rejected in time', async () => {
    await expect(inTime(Promise.reject(new Error('down')), 1000)).rejects.toThrow('down');
  });

  test('drops a rejection that comes later, which would otherwise end the process', async () => {
    const late = new Promise((_, reject) => setTimeout(reject, 20, new Error('late')));
    expect(await inTime(late, 1)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 40));
  });
});
