import { describe, expect, test, vi } from 'vitest';
import { inTime } from '../../src/batch/in-time.ts';

describe('inTime', () => {
  test('is true for a promise fulfilled in time, with any value', async () => {
    expect(await inTime(Promise.resolve(false), 1000)).toBe(true);
    expect(await inTime(Promise.resolve(), Number.POSITIVE_INFINITY)).toBe(true);
  });

  test('is false for a promise that is not settled in time', async () => {
    expect(await inTime(new Promise(() => {}), 5)).toBe(false);
  });

  test('waits no time past the deadline, and Node does not warn of a negative one', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    expect(await inTime(new Promise(() => {}), -1413.9)).toBe(false);
    expect(warned.mock.calls).toEqual([]);
    warned.mockRestore();
  });

  test('waits no millisecond where less than one is left, and takes what has settled', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    expect(await inTime(new Promise(() => {}), 0.5)).toBe(false);
    expect(await inTime(Promise.resolve(), 0.5)).toBe(true);
    expect(timers.mock.calls).toEqual([]);
    timers.mockRestore();
  });

  test('throws the reason of a promise rejected in time', async () => {
    await expect(inTime(Promise.reject(new Error('down')), 1000)).rejects.toThrow('down');
  });

  test('drops a rejection that comes later, which would otherwise end the process', async () => {
    const late = new Promise((_, reject) => setTimeout(reject, 20, new Error('late')));
    expect(await inTime(late, 1)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 40));
  });
});
