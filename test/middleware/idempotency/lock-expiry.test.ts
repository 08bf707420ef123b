import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LockExpiry } from '../../../src/middleware/idempotency/lock-expiry.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_764_436_037_123 }));
afterEach(() => void vi.useRealTimers());

/** Returns the expiry that a persistence layer makes of the milliseconds it gets: it reads the clock once more. */
async function sentBy(expiry: LockExpiry, laterMs = 0): Promise<number> {
  let sent = Number.NaN;
  await expiry.send(async (leftMs) => {
    vi.setSystemTime(Date.now() + laterMs);
    sent = Date.now() + leftMs;
  });
  return sent;
}

describe('the end of a lock', () => {
  test('is the end of the invocation, or up to 15 ms later', async () => {
    for (let count = 0; count < 200; count++) {
      const longerMs = Math.floor(await sentBy(new LockExpiry(30_000))) - Date.now() - 30_000;
      expect(longerMs).toBeGreaterThanOrEqual(0);
      expect(longerMs).toBeLessThan(16);
    }
  });

  // Seed 1702526 of the simulation.
  test('is rarely the same for two locks of one millisecond, though a number has room for few digits', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValueOnce(0.5).mockReturnValueOnce(0.1);
    const sent = await sentBy(new LockExpiry(30_000));
    random.mockReturnValueOnce(0.5).mockReturnValueOnce(0.9);
    expect(new LockExpiry(30_000).isOwn(sent)).toBe(false);
    random.mockRestore();
  });

  test('is the same at every try, however late', async () => {
    const expiry = new LockExpiry(30_000);
    const first = await sentBy(expiry);
    vi.setSystemTime(Date.now() + 7000);
    expect(await sentBy(expiry)).toBe(first);
    expect(expiry.leftMs()).toBe(first - Date.now());
  });

  test('is recognised after a journey through text, as DynamoDB stores numbers', async () => {
    for (let count = 0; count < 1000; count++) {
      const expiry = new LockExpiry(30_000);
      expect(expiry.isOwn(Number(String(await sentBy(expiry))))).toBe(true);
    }
  });

  test('is recognised if the clock went on between two looks at it', async () => {
    const expiry = new LockExpiry(30_000);
    const sent = [await sentBy(expiry), await sentBy(expiry, 3), await sentBy(expiry, 1)];
    expect(sent.map((at) => expiry.isOwn(at))).toEqual([true, true, true]);
  });

  test('is recognised if a layer waits before it looks at the clock, also while its put is under way', async () => {
    const expiry = new LockExpiry(30_000);
    let sent = Number.NaN;
    let answered = () => {};
    const put = expiry.send(async (leftMs) => {
      await Promise.resolve();
      vi.setSystemTime(Date.now() + 20);
      sent = Date.now() + leftMs;
      await new Promise<void>((resolve) => {
        answered = resolve;
      });
    });
    await new Promise(process.nextTick);
    expect(expiry.isOwn(sent)).toBe(true);
    answered();
    await put;
    expect(expiry.isOwn(sent)).toBe(true);
  });

  test('is recognised if the clock was put back', async () => {
    const expiry = new LockExpiry(30_000);
    const sent = await sentBy(expiry, -5);
    expect(expiry.isOwn(sent)).toBe(true);
  });

  test('of another sandbox is not recognised after a put that is never answered, though their fractions are the same', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const expiry = new LockExpiry(30_000);
    let own = Number.NaN;
    void expiry.send((leftMs) => {
      own = Date.now() + leftMs;
      return new Promise(() => {});
    });
    vi.setSystemTime(Date.now() + 5000);
    const others = await sentBy(new LockExpiry(30_000));
    vi.setSystemTime(Date.now() + 20_000);
    random.mockRestore();

    expect([expiry.isOwn(own), expiry.isOwn(others)]).toEqual([true, false]);
  });

  test('of another sandbox is not recognised, not even within the same millisecond', async () => {
    const others = new Set<number>();
    for (let count = 0; count < 1000; count++) others.add(await sentBy(new LockExpiry(30_000)));
    expect(others.size).toBeGreaterThan(800);
    const expiry = new LockExpiry(30_000);
    const sent = await sentBy(expiry);
    others.delete(sent);
    expect([...others].filter((other) => expiry.isOwn(other))).toEqual([]);
  });

  test.each([
    ['no end at all', () => undefined],
    ['a whole number', (at: number) => Math.floor(at)],
    ['an earlier end', (at: number) => at - 1],
    ['a later end', (at: number) => at + 1],
  ])('is not %s', async (_, other) => {
    const expiry = new LockExpiry(30_000);
    expect(expiry.isOwn(other(await sentBy(expiry)))).toBe(false);
  });
});
