import { CachePersistenceLayer } from '@aws-lambda-powertools/idempotency/cache';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { idempotent } from '../../src/middleware/idempotent.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';
import { passTimeUntil } from '../fixtures/fake-timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NOT_FAILED = { batchItemFailures: [] };
const FAILED = { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] };

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A cache, as far as Powertools calls it. Its errors are plain, as those of its clients are. */
class Cache {
  readonly values: Map<string, string> = new Map();
  /** Answers that are lost. */
  lost = 0;

  async get(key: string): Promise<string | null> {
    return this.values.get(key) ?? null;
  }

  async set(key: string, value: string, { NX = false }: { readonly NX?: boolean }): Promise<string | null> {
    if (NX && this.values.has(key)) return null;
    this.values.set(key, value);
    if (this.lost-- > 0) throw new Error('Socket closed unexpectedly');
    return 'OK';
  }

  async del([key = '']: string[]): Promise<number> {
    return Number(this.values.delete(key));
  }
}

function sandbox(cache: Cache, handler: () => unknown) {
  const persistenceStore = new CachePersistenceLayer({ client: cache as never });
  return streamRouter({ logger: memoryLogger() }).use(idempotent({ persistenceStore })).onInsert(handler);
}

test('with a cache, a lost answer to the put is recognised, and the handler runs once', async () => {
  const cache = new Cache();
  let runs = 0;
  cache.lost = 1;
  for (let delivery = 0; delivery < 2; delivery++) {
    const router = sandbox(cache, () => void runs++);
    expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
  }
  expect(runs).toBe(1);
});

test('with a cache, the lock of a killed sandbox is waited for', async () => {
  const cache = new Cache();
  let started = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const stuck = () => {
    started();
    return new Promise(() => {});
  };
  void sandbox(cache, stuck)(eventOf({}), { getRemainingTimeInMillis: () => 5000 } as never);
  await passTimeUntil(running);
  let runs = 0;
  const router = sandbox(cache, () => void runs++);
  expect(await passTimeUntil(router(eventOf({}), contextOf()))).toEqual(NOT_FAILED);
  expect(runs).toBe(1);
});

test('with a cache, a failed handler leaves no lock, and a late unlock is not sent', async () => {
  const cache = new Cache();
  const failing = () => Promise.reject(new Error('declined'));
  expect(await passTimeUntil(sandbox(cache, failing)(eventOf({}), contextOf()))).toEqual(FAILED);
  expect(cache.values.size).toBe(0);
  const ignoring = () => wait(5000).then(failing);
  const first = sandbox(cache, ignoring)(eventOf({}), contextOf(3000));
  expect(await passTimeUntil(first)).toEqual(FAILED);
  expect(cache.values.size).toBe(1);
  await passTimeUntil(wait(10_000));
  expect(cache.values.size).toBe(1);
});
