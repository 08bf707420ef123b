import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HandleRecord } from '../../src/batch/process-event.ts';
import type { RecordContext } from '../../src/batch/record-context.ts';
import { type RecordMiddleware, streamRouter } from '../../src/index.ts';
import { retry } from '../../src/middleware/retry.ts';
import { LazyRecord } from '../../src/record/lazy-record.ts';
import { type Next, wrapLayer } from '../../src/router/record-middleware.ts';
import { lambdaContext } from '../../src/testing/lambda-context.ts';
import { contextOf, eventOf, memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const tick = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const record = new LazyRecord(recordOf(), { toNumber: Number, viewType: 'KEYS_ONLY' });
const context = { signal: new AbortController().signal } as RecordContext;

type Layer = RecordMiddleware<unknown>;
const run = (layer: Layer, inner: HandleRecord) => wrapLayer(layer, inner)(record, context);

/** Returns the outcome: 'succeeded', or the thrown value in an array, so that falsy values show. */
async function outcomeOf(layer: Layer, inner: HandleRecord): Promise<'succeeded' | [unknown]> {
  try {
    await run(layer, inner);
    return 'succeeded';
  } catch (error) {
    return [error];
  }
}

// An unhandled rejection ends a Lambda sandbox, so no test may leave one.
const unhandled: unknown[] = [];
const listener = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', listener));
afterEach(async () => {
  await tick();
  process.off('unhandledRejection', listener);
  expect(unhandled.splice(0)).toEqual([]);
});

describe('a call of next() is a promise to its middleware', () => {
  const failing: HandleRecord = async () => {
    await tick();
    throw undefined;
  };
  const chained = (how: (call: Promise<void>) => Promise<unknown>): Layer => {
    return (_record, _context, next) => how(next() as Promise<void>);
  };
  const steps: string[] = [];
  const step = (name: string) => () => void steps.push(name);
  const lookAt = (call: Promise<void>) => {
    call.catch(step('catch'));
    return call;
  };

  test.each<[string, (call: Promise<void>) => Promise<unknown>, string[]]>([
    ['then, without a function for failures', (call) => call.then(step('then')), []],
    ['then, without any function', (call) => call.then(), []],
    ['then, with what are no functions', (call) => call.then(false as never, 5 as never), []],
    ['finally', (call) => call.finally(step('finally')), ['finally']],
    ['Promise.all', (call) => Promise.all([call]).then(step('all')), []],
    ['Promise.race', (call) => Promise.race([call, new Promise(() => {})]), []],
    ['catch, which throws on', (call) => call.catch(() => Promise.reject()), []],
    ['itself, after a look at it', lookAt, ['catch']],
  ])('%s: what the handler throws fails the record', async (_, how, expected) => {
    steps.length = 0;
    expect(await outcomeOf(chained(how), failing)).toEqual([undefined]);
    expect(steps).toEqual(expected);
  });

  test.each<[string, (call: Promise<void>) => Promise<unknown>, string[]]>([
    ['then', (call) => call.then(step('then')), ['handler', 'then']],
    ['then, without any function', (call) => call.then(), ['handler']],
    ['then, with what are no functions', (call) => call.then(false as never, 5 as never), ['handler']],
    ['finally', (call) => call.finally(step('finally')), ['handler', 'finally']],
    ['twice', (call) => call.then(step('one')).then(() => call), ['handler', 'one']],
  ])('%s: it goes on after the handler', async (_, how, expected) => {
    steps.length = 0;
    const handler: HandleRecord = async () => {
      await tick();
      steps.push('handler');
    };
    expect(await outcomeOf(chained(how), handler)).toBe('succeeded');
    expect(steps).toEqual(expected);
  });

  test('it is an instance of Promise, and resolves with what the handler returned', async () => {
    let call: unknown;
    const layer: Layer = (_record, _context, next) => {
      call = next();
      return call;
    };
    await run(layer, async () => 5);
    expect(call).toBeInstanceOf(Promise);
    expect(await call).toBe(5);
  });
});

describe('an onion', () => {
  const seen: string[] = [];
  const layer =
    (name: string): Layer =>
    async (_record, _context, next) => {
      seen.push(`${name} before`);
      await next();
      seen.push(`${name} after`);
    };
  beforeEach(() => void seen.splice(0));

  test('the layer added first lies outermost, around the routes', async () => {
    const router = streamRouter()
      .use(layer('a'))
      .onInsert(async () => void seen.push('handler'))
      .use(layer('b'))
      .use(layer('c'));
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['a before', 'b before', 'c before', 'handler', 'c after', 'b after', 'a after']);
  });

  test('it runs for records that no route takes', async () => {
    const router = streamRouter().use(layer('a'));
    expect(await router(eventOf({ eventName: 'REMOVE' }), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['a before', 'a after']);
  });

  test('it gets the record and the context that handlers get', async () => {
    const got: unknown[] = [];
    const router = streamRouter()
      .use((...[given, about, next]) => {
        got.push(given, about);
        return next();
      })
      .onInsert((given, about) => void got.push(given, about));
    await router(eventOf({}), contextOf());
    expect(got).toHaveLength(4);
    expect(got[0]).toBe(got[2]);
    expect(got[1]).toBe(got[3]);
  });

  test('it can catch what a handler throws, which no middleware that runs only before can', async () => {
    const caught: unknown[] = [];
    const router = streamRouter()
      .use(async (_record, _context, next) => {
        try {
          await next();
        } catch (error) {
          caught.push(error);
        }
      })
      .onInsert(async () => {
        await tick();
        throw 'late';
      });
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(caught).toEqual(['late']);
  });
});

describe('without a promise, nothing waits', () => {
  test('a synchronous middleware around a synchronous handler answers at once', () => {
    expect(
      run(
        (_r, _c, next) => next(),
        () => 5,
      ),
    ).toBeUndefined();
    expect(
      run(
        (_r, _c, next) => void next(),
        () => undefined,
      ),
    ).toBeUndefined();
  });

  test('a synchronous throw passes through, and can be caught', () => {
    const failing = () => {
      throw undefined;
    };
    let thrown = false;
    try {
      run((_r, _c, next) => next(), failing);
    } catch (error) {
      thrown = error === undefined;
    }
    expect(thrown).toBe(true);
    const catching: Layer = (_r, _c, next) => {
      try {
        return next();
      } catch {
        return undefined;
      }
    };
    expect(run(catching, failing)).toBeUndefined();
  });
});

const FALSY = [undefined, null, 0, '', false, Number.NaN];
const LATER: readonly [string, (value: unknown) => HandleRecord][] = [
  [
    'at once',
    (value) => () => {
      throw value;
    },
  ],
  [
    'in a microtask',
    (value) => async () => {
      throw value;
    },
  ],
  [
    'later',
    (value) => async () => {
      await tick();
      throw value;
    },
  ],
];

describe.each(LATER)('a handler that throws %s', (_, failing) => {
  const layers: readonly [string, Layer][] = [
    [
      'awaits next()',
      async (_r, _c, next) => {
        await next();
      },
    ],
    ['returns next()', (_r, _c, next) => next()],
    ['returns next() from an async function', async (_r, _c, next) => next()],
    [
      'rethrows',
      async (_r, _c, next) => {
        try {
          await next();
        } catch (error) {
          await tick();
          throw error;
        }
      },
    ],
    [
      'awaits it later',
      async (_r, _c, next) => {
        const inside = next();
        await tick(5);
        await inside;
      },
    ],
    [
      'forgets the await',
      async (_r, _c, next) => {
        void next();
      },
    ],
    [
      'forgets the await and is synchronous',
      (_r, _c, next) => {
        void next();
      },
    ],
    [
      'forgets the await and goes on for long',
      async (_r, _c, next) => {
        void next();
        await tick(5);
      },
    ],
    [
      'waits for all',
      async (_r, _c, next) => {
        await Promise.all([next(), tick()]);
      },
    ],
  ];

  describe.each(layers)('in a middleware that %s', (_, layer) => {
    test.each(FALSY)('fails the record, with %j', async (value) => {
      expect(await outcomeOf(layer, failing(value))).toEqual([value]);
    });
  });
});

describe('next() that is called again', () => {
  /** Fails until it is called for the n-th time. */
  const succeedsAt =
    (n: number, calls: number[]): HandleRecord =>
    async () => {
      calls.push(calls.length + 1);
      await tick();
      if (calls.length < n) throw new Error(`attempt ${calls.length}`);
    };
  const retry =
    (attempts: number): Layer =>
    async (_record, _context, next) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await next();
        } catch (error) {
          if (attempt === attempts) throw error;
        }
      }
    };

  test('runs the inner layers again: a retry that succeeds is a success', async () => {
    const calls: number[] = [];
    expect(await outcomeOf(retry(3), succeedsAt(3, calls))).toBe('succeeded');
    expect(calls).toEqual([1, 2, 3]);
  });

  test('and one that does not is a failure, with the last error', async () => {
    const calls: number[] = [];
    expect(await outcomeOf(retry(2), succeedsAt(3, calls))).toEqual([new Error('attempt 2')]);
    expect(calls).toEqual([1, 2]);
  });

  test('runs the inner layers again too', async () => {
    const seen: string[] = [];
    let attempts = 0;
    const router = streamRouter({ logger: memoryLogger() })
      .use(retry(2))
      .use((_record, _context, next) => {
        seen.push('inner');
        return next();
      })
      .onInsert(() => {
        if (++attempts === 1) throw new Error('first');
      });
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['inner', 'inner']);
  });

  test('counts as failed when an unawaited call failed, although another one succeeded', async () => {
    const calls: number[] = [];
    const layer: Layer = async (_record, _context, next) => {
      void next();
      await tick(3);
      await next();
    };
    expect(await outcomeOf(layer, succeedsAt(2, calls))).toEqual([new Error('attempt 1')]);
    expect(calls).toEqual([1, 2]);
  });
});

describe('next() that is not called', () => {
  test.each<[string, Layer]>([
    ['synchronous', () => undefined],
    ['asynchronous', async () => tick()],
  ])('%s: the record counts as handled, and nothing within has run', async (_, layer) => {
    let ran = false;
    const outcome = await outcomeOf(layer, () => {
      ran = true;
    });
    expect([outcome, ran]).toEqual(['succeeded', false]);
  });
});

describe('a middleware', () => {
  test('that does not wait for a handler which succeeds ends after it', async () => {
    let done = false;
    const outcome = await outcomeOf(
      (_r, _c, next) => void next(),
      async () => {
        await tick(5);
        done = true;
      },
    );
    expect([outcome, done]).toEqual(['succeeded', true]);
  });

  test('may look at the promise of next() in every way that a promise has', async () => {
    const seen: unknown[] = [];
    const layer: Layer = async (_r, _c, next) => {
      const inside = next() as Promise<void>;
      expect(inside).toBeInstanceOf(Promise);
      await inside.then((value) => seen.push(['then', value]));
      await inside.finally(() => seen.push('finally'));
      await inside.catch(() => seen.push('never'));
    };
    expect(await outcomeOf(layer, async () => 'not for the middleware')).toBe('succeeded');
    expect(seen[1]).toBe('finally');
    expect(seen).toHaveLength(2);
  });

  test.each(FALSY)('that throws %j itself fails the record, though the handler succeeded', async (value) => {
    const later: Layer = async (_r, _c, next) => {
      await next();
      throw value;
    };
    const atOnce: Layer = () => {
      throw value;
    };
    expect(await outcomeOf(later, () => undefined)).toEqual([value]);
    expect(await outcomeOf(later, async () => tick())).toEqual([value]);
    expect(await outcomeOf(atOnce, () => undefined)).toEqual([value]);
  });

  test('that gives up waiting for a handler does not make its failure a success', async () => {
    const layer: Layer = async (_r, _c, next) => Promise.race([next(), tick(1)]);
    const inner = async () => {
      await tick(10);
      throw 'after the race';
    };
    expect(await outcomeOf(layer, inner)).toEqual(['after the race']);
  });

  test('that throws while a handler still runs leaves no unhandled rejection', async () => {
    const layer: Layer = async (_r, _c, next) => {
      void next();
      throw 'own';
    };
    const inner = async () => {
      await tick();
      throw 'inner';
    };
    expect(await outcomeOf(layer, inner)).toEqual(['own']);
    await tick(5);
  });

  test('that fails is reported like a handler', async () => {
    const router = streamRouter({ logger: memoryLogger() }).use((record, _context, next) => {
      if (record.keys.id === 'b') throw undefined;
      return next();
    });
    expect(await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }],
    });
  });

  test.each([undefined, null, {}, 'retry', []])('%j is none: use refuses it', (middleware) => {
    expect(() => streamRouter().use(middleware as never)).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code: 'INVALID_HANDLER',
        message: expect.stringContaining('(record, context, next)'),
      }),
    );
  });
});

describe('next() after its middleware has settled', () => {
  /** Calls next() later, by another way each, and hands over what that threw. */
  type Detach = (next: Next, done: (thrown: unknown) => void) => void;
  const attempt = async (next: Next, done: (thrown: unknown) => void): Promise<void> => {
    try {
      await next();
      done('nothing was thrown');
    } catch (thrown) {
      done(thrown);
    }
  };
  const ways: readonly [string, Detach][] = [
    ['setTimeout', (next, done) => void setTimeout(() => attempt(next, done), 2)],
    ['setImmediate', (next, done) => void setImmediate(() => attempt(next, done))],
    ['a detached promise', (next, done) => void tick(2).then(() => attempt(next, done))],
  ];
  const middlewares: readonly [string, (detach: () => void) => Layer][] = [
    ['synchronous', (detach) => () => detach()],
    ['asynchronous', (detach) => async () => detach()],
    [
      'failed',
      (detach) => async () => {
        detach();
        throw new Error('own');
      },
    ],
    [
      'failed at once',
      (detach) => () => {
        detach();
        throw new Error('own');
      },
    ],
    [
      'one that had called next() before',
      (detach) => async (_r, _c, next) => {
        await next();
        detach();
      },
    ],
  ];

  describe.each(ways)('from %s', (_, detach) => {
    test.each(middlewares)('throws, is logged and starts nothing: %s', async (name, middleware) => {
      let started = 0;
      let thrown: unknown;
      const logger = memoryLogger();
      const called = new Promise<void>((resolve) => {
        const layer: Layer = (record, context, next) =>
          middleware(() =>
            detach(next, (error) => {
              thrown = error;
              resolve();
            }),
          )(record, context, next);
        void streamRouter({ logger })
          .use(layer)
          .onInsert(() => void started++)(eventOf({}), contextOf());
      });
      await called;
      expect(thrown).toMatchObject({ name: 'ConfigurationError', code: 'LATE_NEXT', retryable: false });
      expect(started).toBe(name.startsWith('one that') ? 1 : 0);
      const late = logger.entries.filter(({ message }) => message === 'next() was called too late');
      expect(late).toEqual([
        {
          level: 'error',
          message: 'next() was called too late',
          fields: {
            eventID: '0'.repeat(32),
            sequenceNumber: sequenceNumberAt(0),
            tableName: 'Invoices',
            eventName: 'INSERT',
            error: thrown,
          },
        },
      ]);
    });
  });

  test('from an attempt that has failed starts nothing in the next one', async () => {
    const seen: string[] = [];
    let late: unknown;
    let calls = 0;
    const router = streamRouter({ logger: memoryLogger() })
      .use(retry({ attempts: 2, backoff: { minMs: 20, jitter: false } }))
      .use(async (_record, _context, next) => {
        if (++calls === 1) {
          setTimeout(() => {
            try {
              next();
            } catch (error) {
              late = error;
            }
          }, 5);
          throw new Error('first attempt');
        }
        await next();
      })
      .onInsert(() => void seen.push('handler'));
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['handler']);
    expect(late).toMatchObject({ code: 'LATE_NEXT' });
  });
});

describe('a middleware that returns what follows its call', () => {
  const log: string[] = [];
  const inner =
    (fails: boolean): HandleRecord =>
    async () => {
      log.push('start');
      await tick(2);
      log.push('end');
      if (fails) throw new Error('inner');
    };
  beforeEach(() => void log.splice(0));

  test('settles when it returns the call itself: a later next() starts nothing', async () => {
    const late: unknown[] = [];
    const router = streamRouter({ logger: memoryLogger() })
      .use((_record, _context, next) => {
        const call = next();
        queueMicrotask(() => {
          try {
            next();
          } catch (error) {
            late.push(error);
          }
        });
        return call;
      })
      .onInsert(inner(false) as () => Promise<void>);
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(late).toMatchObject([{ code: 'LATE_NEXT' }]);
    expect(log).toEqual(['start', 'end']);
  });

  // What follows the call starts a further one, and does not wait for it.
  const again = (next: Next) => (): void => void next();
  test.each<[string, boolean, (call: Promise<void>, next: Next) => Promise<unknown>]>([
    ['catch', true, (call, next) => call.catch(again(next))],
    ['then', false, (call, next) => call.then(again(next))],
    ['an async catch', true, (call, next) => call.catch(async () => again(next)())],
    ['finally', false, (call, next) => call.finally(again(next))],
  ])('%s: ends after a call that what follows has started', async (_, fails, how) => {
    let calls = 0;
    const handler: HandleRecord = (...args) => inner(fails && ++calls === 1)(...args);
    expect(await outcomeOf((_r, _c, next) => how(next() as Promise<void>, next), handler)).toBe('succeeded');
    expect(log).toEqual(['start', 'end', 'start', 'end']);
  });

  test('ends after a call that was started while the first one ran', async () => {
    const layer: Layer = (_r, _c, next) => {
      const followed = (next() as Promise<void>).catch(() => {});
      setTimeout(next, 1);
      return followed;
    };
    expect(await outcomeOf(layer, inner(false))).toBe('succeeded');
    expect(log).toEqual(['start', 'start', 'end', 'end']);
  });

  test('fails with what follows the call, also when that throws', async () => {
    const layer: Layer = (_r, _c, next) =>
      (next() as Promise<void>).catch(() => {
        throw 'own';
      });
    expect(await outcomeOf(layer, inner(true))).toEqual(['own']);
  });

  test('is not ended by what else follows the call', async () => {
    const layer: Layer = (_r, _c, next) => {
      const call = next() as Promise<void>;
      const followed = call.catch(async () => {
        await tick(4);
        await next();
      });
      call.then(undefined, () => log.push('looked at'));
      return followed;
    };
    let calls = 0;
    expect(await outcomeOf(layer, (...args) => inner(++calls === 1)(...args))).toBe('succeeded');
    expect(log).toEqual(['start', 'end', 'looked at', 'start', 'end']);
  });

  test('may return what the second look gives', async () => {
    const layer: Layer = (_r, _c, next) => {
      const call = next() as Promise<void>;
      call.catch(() => log.push('first'));
      return call.catch(() => log.push('second'));
    };
    expect(await outcomeOf(layer, inner(true))).toBe('succeeded');
    expect(log).toEqual(['start', 'end', 'first', 'second']);
  });

  test('settles also with a promise that waits for itself, which fails', async () => {
    let later: Next = () => {};
    const layer: Layer = (_r, _c, next) => {
      later = next;
      const followed: Promise<unknown> = (next() as Promise<void>).then(() => followed);
      return followed;
    };
    const router = streamRouter({ logger: memoryLogger() })
      .use(layer)
      .onInsert(inner(false) as () => Promise<void>);
    expect(await router(eventOf({}), contextOf())).toMatchObject({ batchItemFailures: [{}] });
    expect(() => later()).toThrow(expect.objectContaining({ code: 'LATE_NEXT' }));
    expect(log).toEqual(['start', 'end']);
  });

  test('settles with it: a later next() throws', async () => {
    let later: Next = () => {};
    const layer: Layer = (_r, _c, next) => {
      later = next;
      return (next() as Promise<void>).catch(() => {});
    };
    const router = streamRouter({ logger: memoryLogger() })
      .use(layer)
      .onInsert(inner(true) as () => Promise<void>);
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(() => later()).toThrow(expect.objectContaining({ code: 'LATE_NEXT' }));
    expect(log).toEqual(['start', 'end']);
  });
});

describe('a middleware that settles before its next() does', () => {
  const failLater = (ms: number, what: unknown) =>
    tick(ms).then(() => {
      throw what;
    });
  const layers: readonly [string, Layer][] = [
    ['races a timeout', async (_r, _c, next) => Promise.race([next(), failLater(2, 'own')])],
    [
      'waits for all, of which another fails',
      async (_r, _c, next) => Promise.all([next(), failLater(2, 'own')]),
    ],
    [
      'forgets the await and throws',
      async (_r, _c, next) => {
        void next();
        throw 'own';
      },
    ],
    [
      'forgets the await and throws at once',
      (_r, _c, next) => {
        void next();
        throw 'own';
      },
    ],
    [
      'forgets the await and returns what throws when it is looked at',
      (_r, _c, next) => {
        void next();
        return {
          // biome-ignore lint/suspicious/noThenProperty: the point of this test
          get then() {
            throw 'own';
          },
        };
      },
    ],
    [
      'calls twice, and the second fails at once',
      async (_r, _c, next) => {
        await Promise.all([next(), Promise.reject('own')]);
      },
    ],
  ];
  const ends: readonly [string, () => Promise<void>][] = [
    ['succeeds', async () => tick(15)],
    ['fails', async () => failLater(15, 'inner')],
  ];

  describe.each(ends)('with a handler that %s', (_, handle) => {
    test.each(layers)('%s: its verdict counts once the handler has settled', async (_, layer) => {
      let ended = false;
      const inner = () =>
        handle().finally(() => {
          ended = true;
        });
      expect(await outcomeOf(layer, inner)).toEqual(['own']);
      expect(ended).toBe(true);
    });
  });

  test('starts no second attempt beside the first, and lets no later record of the lane start', async () => {
    const seen: string[] = [];
    let calls = 0;
    const router = streamRouter({ logger: memoryLogger() })
      .use(retry({ attempts: 3, backoff: { minMs: 0, jitter: false } }))
      .use(async (_r, _c, next) => Promise.race([next(), failLater(3, new Error('timeout'))]))
      .onInsert(async ({ sequenceNumber }) => {
        const call = `${sequenceNumber === sequenceNumberAt(0) ? 'first' : 'second'} ${++calls}`;
        seen.push(`start ${call}`);
        if (calls < 3) await tick(15);
        seen.push(`end ${call}`);
      });
    expect(await router(eventOf({ id: 'a' }, { id: 'a' }), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(
      ['first 1', 'first 2', 'first 3', 'second 4'].flatMap((call) => [`start ${call}`, `end ${call}`]),
    );
  });

  test('fails the record only when all of its calls have settled', async () => {
    const ended: string[] = [];
    let calls = 0;
    const layer: Layer = async (_r, _c, next) => {
      void next();
      void next();
    };
    const inner = async () => {
      const call = ++calls;
      await tick(call === 1 ? 2 : 15);
      ended.push(`call ${call}`);
      throw `call ${call}`;
    };
    expect(await outcomeOf(layer, inner)).toEqual(['call 1']);
    expect(ended).toEqual(['call 1', 'call 2']);
  });

  test('is waited for until the deadline only: the record is reported, and its error is logged', async () => {
    const clock = lambdaContext({ remainingMs: 5000 });
    const logger = memoryLogger();
    const settled: unknown[] = [];
    let attempts = 0;
    const router = streamRouter({ logger })
      .use(async (_r, _c, next) => {
        try {
          await next();
        } catch (error) {
          settled.push(error);
          throw error;
        }
      })
      .use(retry({ attempts: 5, backoff: { minMs: 0, jitter: false } }))
      .use(async (_r, _c, next) => Promise.race([next(), failLater(2, 'own')]))
      .onInsert(() => {
        attempts++;
        return new Promise<void>(() => {});
      });
    const answer = router(eventOf({ id: 'a' }, { id: 'a' }), clock);
    await tick(10);
    expect([attempts, settled]).toEqual([1, []]);
    clock.advance(4500);
    expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    await tick(5);
    expect([attempts, settled]).toEqual([1, ['own']]);
    expect(logger.entries.filter(({ level }) => level === 'error')).toMatchObject([
      { message: expect.stringContaining('A middleware failed'), fields: { error: 'own' } },
      { message: expect.stringContaining('Less than reserveMs') },
    ]);
  });

  test('and fails after the deadline fails at once', async () => {
    const signal = AbortSignal.abort('deadline');
    const layer: Layer = (_r, _c, next) => {
      void next();
      throw 'own';
    };
    const inner = () => new Promise(() => {});
    expect(() => wrapLayer(layer, inner)(record, { signal } as RecordContext)).toThrow('own');
  });
});

describe('after the answer at the deadline', () => {
  test('no next() starts anything, and the middleware gets the DeadlineError', async () => {
    const clock = lambdaContext({ remainingMs: 5000 });
    const logger = memoryLogger();
    const caught: unknown[] = [];
    let started = 0;
    const ready = Promise.withResolvers<void>();
    const router = streamRouter({ logger })
      .use(async (_r, _c, next) => {
        await ready.promise;
        try {
          await next();
        } catch (error) {
          caught.push(error);
        }
      })
      .use(async (_r, _c, next) => {
        started++;
        await next();
      })
      .onInsert(() => void started++);
    const answer = router(eventOf({}), clock);
    await tick();
    clock.advance(4500);
    expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    ready.resolve();
    await tick();
    expect(started).toBe(0);
    expect(caught).toEqual([expect.objectContaining({ code: 'DEADLINE_REACHED' })]);
    expect(logger.entries).toContainEqual({
      level: 'warn',
      message: 'Deadline reached: the handler within a middleware was not started',
      fields: expect.objectContaining({ sequenceNumber: sequenceNumberAt(0) }),
    });
  });
});

test('code that runs past the deadline without a wait starts no next() and no further route', async () => {
  const clock = lambdaContext({ remainingMs: 5000 });
  const started: string[] = [];
  const router = streamRouter({ logger: false })
    .use(async (_r, _c, next) => {
      await null;
      // The clock moves as it does while code runs: no timer has a turn.
      if (started.length > 0) expiring.ms = 500;
      await next();
    })
    .onInsert(async ({ sequenceNumber }) => {
      started.push(`first ${sequenceNumber}`);
      await null;
      expiring.ms = 500;
    })
    .onInsert(async ({ sequenceNumber }) => void started.push(`second ${sequenceNumber}`));
  const expiring = { ...clock, ms: 5000, getRemainingTimeInMillis: () => expiring.ms };
  expect(await router(eventOf({ id: 'a' }, { id: 'a' }), expiring)).toEqual({
    batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }],
  });
  expect(started).toEqual([`first ${sequenceNumberAt(0)}`]);
});

describe('the inner layers get the unchanged item', () => {
  const spoil = (record: unknown): number => {
    const { newImage } = record as { newImage: { total: number } };
    const { total } = newImage;
    newImage.total = 0;
    return total;
  };
  const event = () => eventOf({ newImage: { total: { N: '5' } } });
  const handlers: readonly [string, (seen: number[]) => (record: unknown) => unknown][] = [
    ['synchronous', (seen) => (record) => void seen.push(spoil(record))],
    ['asynchronous', (seen) => async (record) => void seen.push(spoil(record))],
  ];

  test.each(handlers)('at every call, and the middleware after it: %s', async (_, handlerOf) => {
    const seen: number[] = [];
    const router = streamRouter({ logger: memoryLogger() })
      .use(async (record, _context, next) => {
        await next();
        await next();
        seen.push(spoil(record));
        await Promise.all([next(), next()]);
      })
      .onInsert(handlerOf(seen));
    expect(await router(event(), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([5, 5, 5, 5, 5]);
  });

  test('after a call that threw at once', async () => {
    const seen: number[] = [];
    const router = streamRouter({ logger: memoryLogger() })
      .use((record, _context, next) => {
        try {
          next();
        } catch {
          seen.push(spoil(record));
        }
      })
      .onInsert((record) => {
        seen.push(spoil(record));
        throw new Error('once');
      });
    expect(await router(event(), contextOf())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([5, 5]);
  });
});
