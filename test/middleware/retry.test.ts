import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { isExhausted, isSystemic } from '../../src/failure/failure.ts';
import {
  defineTable,
  itemOf,
  prefix,
  type RecordContext,
  streamRouter,
  type Table,
  UnmarshallError,
} from '../../src/index.ts';
import { type RetryOptions, retry } from '../../src/middleware/retry.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

const AT_ONCE = { minMs: 0, maxMs: 0 };
const FALSY = [undefined, null, 0, '', false, Number.NaN];

/** A handler that throws what the plan says, one after the other, then succeeds. */
function failing(...thrown: readonly unknown[]) {
  let attempts = 0;
  return {
    attempts: () => attempts,
    handler: async () => {
      if (attempts++ < thrown.length) throw thrown[attempts - 1];
    },
  };
}

/** Runs one record through a router with the middleware; gives what came out of it. */
async function outcomeOf(options: RetryOptions, handler: () => unknown, context = contextOf()) {
  const came: unknown[] = [];
  let exhausted = false;
  const logger = memoryLogger();
  const router = streamRouter({ logger })
    .use(async (record, _context, next) => {
      try {
        await next();
      } catch (error) {
        came.push(error);
        exhausted = isExhausted(record, error);
        throw error;
      }
    })
    .use(retry(options))
    .onInsert(handler);
  const { batchItemFailures } = await router(eventOf({}), context);
  return { failed: batchItemFailures.length > 0, came, exhausted, logger };
}

describe('retry', () => {
  test('runs the inner layers again until they succeed', async () => {
    const { attempts, handler } = failing(new Error('1'), new Error('2'));
    expect(await outcomeOf({ backoff: AT_ONCE }, handler)).toMatchObject({ failed: false, came: [] });
    expect(attempts()).toBe(3);
  });

  test.each([1, 2, 5])(
    'gives up after %i attempts, with what the last one threw, itself',
    async (attempts) => {
      const errors = [1, 2, 3, 4, 5].map((n) => new Error(`attempt ${n}`));
      const { attempts: made, handler } = failing(...errors);
      const { failed, came, exhausted } = await outcomeOf({ attempts, backoff: AT_ONCE }, handler);
      expect([failed, exhausted, made()]).toEqual([true, true, attempts]);
      expect(came[0]).toBe(errors[attempts - 1]);
    },
  );

  test('makes three attempts by default', async () => {
    const { attempts, handler } = failing(...Array(9).fill(new Error('no')));
    await outcomeOf({ backoff: AT_ONCE }, handler);
    expect(attempts()).toBe(3);
  });

  test('keeps a handler that succeeds without a promise synchronous', () => {
    const record = {} as never;
    expect(retry()(record, {} as RecordContext, () => undefined)).toBeUndefined();
  });

  test('takes a handler that throws at once like one that rejects', async () => {
    let attempts = 0;
    const handler = () => {
      if (++attempts < 3) throw new Error('at once');
    };
    expect(await outcomeOf({ backoff: AT_ONCE }, handler)).toMatchObject({ failed: false });
    expect(attempts).toBe(3);
  });

  test.each(FALSY)(
    'tries again after throw %j, which fails the record and comes out unchanged',
    async (value) => {
      const { attempts, handler } = failing(value, value, value);
      expect(await outcomeOf({ backoff: AT_ONCE }, handler)).toMatchObject({
        failed: true,
        came: [value],
        exhausted: true,
      });
      expect(attempts()).toBe(3);
    },
  );

  test.each([
    ['a TypeError', new TypeError('reading undefined')],
    ['an AbortError', new DOMException('stop', 'AbortError')],
    ['an object', { status: 503 }],
    ['what says retryable: true', Object.assign(new Error('busy'), { retryable: true })],
  ])('tries again after %s, and lets it out unchanged', async (_, thrown) => {
    const { attempts, handler } = failing(thrown, thrown, thrown);
    const { came } = await outcomeOf({ backoff: AT_ONCE }, handler);
    expect(came[0]).toBe(thrown);
    expect(attempts()).toBe(3);
  });

  test.each([
    ['an error of streamlane', new UnmarshallError('total', 'It is malformed.')],
    ['any error that says retryable: false', Object.assign(new Error('declined'), { retryable: false })],
    ['an object that does', { retryable: false }],
  ])('does not try again after %s, which is permanent', async (_, thrown) => {
    const { attempts, handler } = failing(thrown);
    const { came, exhausted } = await outcomeOf({ retryable: () => true }, handler);
    expect([came[0], exhausted, attempts()]).toEqual([thrown, true, 1]);
  });

  test('stops at a permanent error that follows others', async () => {
    const permanent = Object.assign(new Error('declined'), { retryable: false });
    const { attempts, handler } = failing(new Error('busy'), permanent);
    const { came } = await outcomeOf({ attempts: 9, backoff: AT_ONCE }, handler);
    expect(came[0]).toBe(permanent);
    expect(attempts()).toBe(2);
  });

  test('asks retryable, with the error and the record', async () => {
    const asked: unknown[] = [];
    const { attempts, handler } = failing(new Error('busy'), new Error('gone'));
    const retryable: RetryOptions['retryable'] = (error, { eventID }) => {
      asked.push([(error as Error).message, eventID]);
      return (error as Error).message === 'busy';
    };
    const { failed, exhausted } = await outcomeOf({ attempts: 9, backoff: AT_ONCE, retryable }, handler);
    expect([failed, exhausted, attempts()]).toEqual([true, true, 2]);
    expect(asked.map((call) => (call as unknown[])[0])).toEqual(['busy', 'gone']);
  });

  test('does not ask retryable after the last attempt', async () => {
    const retryable = vi.fn(() => true);
    const { handler } = failing(...Array(3).fill(new Error('busy')));
    await outcomeOf({ attempts: 3, backoff: AT_ONCE, retryable }, handler);
    expect(retryable).toHaveBeenCalledTimes(2);
  });

  test.each<[string, () => unknown]>([
    ['a promise', async () => true],
    ['a promise of no', async () => false],
    ['a promise that rejects', async () => Promise.reject(new Error('lost'))],
    ['a generator', function* () {}],
  ])(
    'fails the record for a retryable that answers with %s, and no letter is written for it',
    async (_, answer) => {
      const busy = new Error('busy');
      const { attempts, handler } = failing(busy, busy);
      const outcome = await outcomeOf({ backoff: AT_ONCE, retryable: answer as () => boolean }, handler);
      expect(attempts()).toBe(1);
      expect(outcome).toMatchObject({
        failed: true,
        came: [
          {
            name: 'ConfigurationError',
            code: 'ASYNC_CONDITION',
            message: expect.stringMatching(/^retry: retryable returned /),
            cause: busy,
          },
        ],
      });
      expect(isSystemic(outcome.came[0])).toBe(true);
    },
  );

  test('treats a retryable that throws as false, and logs it: the record fails with the error of the handler', async () => {
    const { handler } = failing(undefined);
    const retryable = (error: unknown) => (error as Error).message === 'busy';
    const { came, logger } = await outcomeOf({ retryable }, handler);
    expect(came).toEqual([undefined]);
    expect(logger.entries).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'retryable failed',
        fields: expect.objectContaining({ error: expect.any(TypeError) }),
      }),
    );
  });

  test('names the record and its entity where retryable throws', async () => {
    const app = defineTable({
      name: 'Invoices',
      keys: ['id'],
      entities: { order: { item: itemOf<object>(), match: { id: prefix('item-') } } },
    });
    const logger = memoryLogger();
    const router = streamRouter(app, { logger })
      .use(
        retry({
          retryable: () => {
            throw new Error('no answer');
          },
        }),
      )
      .onInsert(() => {
        throw new Error('busy');
      });
    const event = eventOf({});
    await router(event, contextOf());
    const [{ eventID, eventName } = {}] = event.Records;
    expect(logger.entries.find(({ message }) => message === 'retryable failed')?.fields).toMatchObject({
      eventID,
      eventName,
      sequenceNumber: event.Records[0]?.dynamodb?.SequenceNumber,
      tableName: 'Invoices',
      entity: 'order',
    });
  });

  test('runs every matching route again, in order, and later records of the item wait', async () => {
    const seen: string[] = [];
    let broken = true;
    const router = streamRouter({ concurrency: 5 })
      .use(retry({ backoff: AT_ONCE }))
      .onInsert(({ sequenceNumber }) => void seen.push(`first ${sequenceNumber.at(-1)}`))
      .onInsert(async ({ sequenceNumber }) => {
        seen.push(`second ${sequenceNumber.at(-1)}`);
        if (broken) {
          broken = false;
          throw new Error('once');
        }
      });
    expect(await router(eventOf({ id: 'a' }, { id: 'a' }), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['first 1', 'second 1', 'first 1', 'second 1', 'first 2', 'second 2']);
  });

  test('warns of no leak when thousands of records wait at once', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.name);
    process.on('warning', listen);
    const tried = new Set<string>();
    const router = streamRouter({ concurrency: 2000 })
      .use(retry({ backoff: { minMs: 5, maxMs: 5 } }))
      .onInsert(async ({ eventID }) => {
        if (!tried.has(eventID)) {
          tried.add(eventID);
          throw new Error('first');
        }
      });
    const event = eventOf(...Array.from({ length: 2000 }, () => ({})));
    expect(await router(event, contextOf())).toEqual({ batchItemFailures: [] });
    await new Promise(setImmediate);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});

describe.each([
  [
    'at once',
    (thrown: unknown) => {
      throw thrown;
    },
  ],
  [
    'later',
    async (thrown: unknown) => {
      throw thrown;
    },
  ],
])('a handler that fails %s', (_, fail) => {
  const schemas = {
    'no schema': undefined,
    'a synchronous schema': z.object({ id: z.string(), total: z.number() }),
    'an asynchronous schema': z.object({ id: z.string(), total: z.number().refine(async () => true) }),
  };
  test.each(Object.entries(schemas))('gets the item as it was at each attempt: %s', async (_, item) => {
    const sent: unknown[] = [];
    const after: unknown[] = [];
    const logger = memoryLogger();
    const table = defineTable({
      name: 'Invoices',
      item: item ?? itemOf<{ id: string; total: number }>(),
      keys: ['id'],
    } as never) as unknown as Table<{ id: string; total: number }, 'id', 'NEW_AND_OLD_IMAGES'>;
    const router = streamRouter(table, { logger })
      .use(async (record, _context, next) => {
        await next();
        after.push(record.eventName === 'INSERT' && record.newImage.total);
      })
      .use(retry({ backoff: AT_ONCE }))
      .onInsert(({ newImage, keys }) => {
        newImage.total *= 100;
        sent.push([newImage.total, keys.id]);
        (keys as { id: string }).id = 'spoilt';
        if (sent.length < 3) return fail(new Error('busy'));
        return undefined;
      });
    const event = eventOf({ id: 'a', newImage: { total: { N: '1.5' } } });
    expect(await router(event, contextOf())).toEqual({ batchItemFailures: [] });
    expect(sent).toEqual([
      [150, 'a'],
      [150, 'a'],
      [150, 'a'],
    ]);
    expect(after).toEqual([1.5]);
  });
});

describe('the wait', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  /** The milliseconds between attempts that all fail. */
  async function waits(options: RetryOptions): Promise<number[]> {
    const at: number[] = [];
    const layer = retry(options);
    const context = { signal: new AbortController().signal, getRemainingTimeInMillis: () => 900_000 };
    const running = layer({} as never, context as RecordContext, () => {
      at.push(Date.now());
      return Promise.reject(new Error('no'));
    }) as Promise<void>;
    running.catch(() => {});
    await vi.runAllTimersAsync();
    await expect(running).rejects.toThrow('no');
    return at.slice(1).map((time, index) => time - (at[index] as number));
  }

  test('doubles from 100 ms to 5 s by default', async () => {
    expect(await waits({ attempts: 9, backoff: { jitter: false } })).toEqual([
      100, 200, 400, 800, 1600, 3200, 5000, 5000,
    ]);
  });

  test.each<[RetryOptions['backoff'], number[]]>([
    [{ minMs: 10, factor: 1, jitter: false }, [10, 10, 10]],
    [{ minMs: 10, factor: 3, maxMs: 50, jitter: false }, [10, 30, 50]],
    [{ minMs: 100, maxMs: 7, jitter: false }, [7, 7, 7]],
    [{ minMs: 100, maxMs: 7, jitter: true }, [7, 7, 7]],
    [{ minMs: 0, factor: 10, maxMs: 50, jitter: false }, [1, 10, 50]],
    [{ minMs: 0, maxMs: 0 }, [1, 1, 1]],
  ])('follows %j', async (backoff, expected) => {
    expect(await waits({ attempts: 4, ...(backoff && { backoff }) })).toEqual(expected);
  });

  test('is stretched at random, so that records which failed together do not come back together', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => waits({ attempts: 2, backoff: { minMs: 1000 } })),
    );
    const times = all.map(([wait]) => wait as number);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...times)).toBeLessThanOrEqual(2000);
    expect(new Set(times).size).toBeGreaterThan(1);
  });
});

describe('the deadline', () => {
  test('ends a wait: the record fails with its own error, and its retries are not exhausted', async () => {
    const context = lambdaContext({ remainingMs: 5000 });
    const { attempts, handler } = failing(new Error('busy'), new Error('never made'));
    const running = outcomeOf({ backoff: { minMs: 3500, maxMs: 3500, jitter: false } }, handler, context);
    while (attempts() === 0) await new Promise(setImmediate);
    context.advance(4500);
    const { failed, came, exhausted } = await running;
    await new Promise(setImmediate);
    expect([failed, exhausted, attempts()]).toEqual([true, false, 1]);
    expect(came).toEqual([new Error('busy')]);
  });

  test('lets no wait begin that the invocation would not see the end of', async () => {
    const context = lambdaContext({ remainingMs: 5000 });
    const { attempts, handler } = failing(new Error('busy'));
    const startedAt = performance.now();
    const { failed, came, exhausted } = await outcomeOf(
      { backoff: { minMs: 5000, jitter: false } },
      handler,
      context,
    );
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect([failed, exhausted, attempts()]).toEqual([true, false, 1]);
    expect(came).toEqual([new Error('busy')]);
  });

  test('starts no attempt, even without a wait', async () => {
    const context = lambdaContext({ remainingMs: 5000 });
    let attempts = 0;
    const handler = async () => {
      attempts++;
      context.advance(4500);
      throw 'late';
    };
    const { failed, exhausted } = await outcomeOf({ backoff: AT_ONCE }, handler, context);
    await new Promise(setImmediate);
    expect([failed, exhausted, attempts]).toEqual([true, false, 1]);
  });

  test('does not make a failure of an attempt that succeeds after it', async () => {
    const controller = new AbortController();
    const context = { signal: controller.signal, getRemainingTimeInMillis: () => 1000 };
    let attempts = 0;
    const running = retry({ backoff: AT_ONCE })({} as never, context as RecordContext, async () => {
      if (++attempts === 1) throw new Error('first');
      controller.abort(new Error('deadline'));
    });
    await expect(running).resolves.toBeUndefined();
    expect(attempts).toBe(2);
  });

  test('reports the record, not those that were handled', async () => {
    const context = lambdaContext({ remainingMs: 5000 });
    const router = streamRouter({ logger: memoryLogger() })
      .use(retry({ attempts: 1000, backoff: { minMs: 1, maxMs: 1 } }))
      .onInsert(async ({ keys }) => {
        if (keys.id !== 'b') return;
        context.advance(100);
        throw new Error('busy');
      });
    const response = await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
  });
});

test.each<[unknown, string, string]>([
  [null, 'INVALID_OPTION', 'retry'],
  [3, 'INVALID_OPTION', 'retry'],
  [{ retries: 3 }, 'UNKNOWN_OPTION', 'retries'],
  [{ attempts: 0 }, 'INVALID_OPTION', 'attempts'],
  [{ attempts: 2.5 }, 'INVALID_OPTION', 'attempts'],
  [{ attempts: Number.POSITIVE_INFINITY }, 'INVALID_OPTION', 'attempts'],
  [{ backoff: 100 }, 'INVALID_OPTION', 'backoff'],
  [{ backoff: { minMS: 5 } }, 'UNKNOWN_OPTION', 'minMS'],
  [{ backoff: { minMs: -1 } }, 'INVALID_OPTION', 'minMs'],
  [{ backoff: { maxMs: Number.NaN } }, 'INVALID_OPTION', 'maxMs'],
  [{ backoff: { factor: 0 } }, 'INVALID_OPTION', 'factor'],
  [{ backoff: { jitter: 1 } }, 'INVALID_OPTION', 'jitter'],
  [{ retryable: true }, 'INVALID_OPTION', 'retryable'],
])('refuses %j when it is made', (options, code, name) => {
  expect(() => retry(options as RetryOptions)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', code, message: expect.stringContaining(name) }),
  );
});
