import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { type DynamoDBStreamWindowEvent, defineTable, streamRouter, streamWindow } from '../../src/index.ts';
import { scriptedContext } from '../fixtures/clocks.ts';
import {
  contextOf,
  memoryLogger,
  type RecordSketch,
  recordOf,
  STREAM_ARN,
  sequenceNumberAt,
} from '../fixtures/events.ts';

interface Item {
  id: string;
  total: number;
}

const total = (value: number | string): RecordSketch => ({ newImage: { total: { N: String(value) } } });

function windowEvent(
  records: readonly DynamoDBRecord[],
  fields: Partial<DynamoDBStreamWindowEvent> = {},
): DynamoDBStreamWindowEvent {
  return {
    Records: [...records],
    window: { start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:01:00Z' },
    state: {},
    shardId: 'shardId-1',
    eventSourceARN: STREAM_ARN,
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
    ...fields,
  };
}
const records = (...totals: (number | string)[]) =>
  totals.map((value, index) => recordOf(total(value), index));
const final = (state: Record<string, unknown>, fields: Partial<DynamoDBStreamWindowEvent> = {}) =>
  windowEvent([], { state, isFinalInvokeForWindow: true, ...fields });
const failedAt = (index: number) => [{ itemIdentifier: sequenceNumberAt(index) }];

/** Sums, and fails at what `fails` says, after it has spoilt the state. */
function sum(
  options: { fails?: (total: number) => boolean; wait?: boolean | ((total: number) => boolean) } = {},
) {
  const { fails = () => false, wait = false } = options;
  const calls: number[] = [];
  const logger = memoryLogger();
  const handler = streamWindow<Item, { sum: number; seen: number[] }>({
    initial: { sum: 0, seen: [] },
    logger,
    reduce(state, record) {
      if (record.eventName !== 'INSERT') throw new Error('unexpected');
      const { total } = record.newImage;
      calls.push(total);
      const add = () => {
        state.sum += total;
        state.seen.push(total);
        if (fails(total)) throw new Error('refused');
      };
      if (!(typeof wait === 'function' ? wait(total) : wait)) return add();
      state.sum += 1000;
      return Promise.resolve().then(() => {
        state.sum -= 1000;
        add();
      });
    },
    close() {},
  });
  return { handler, calls, logger };
}

describe('records are counted into the state', () => {
  test.each([false, true])('in order, asynchronous %s', async (wait) => {
    const { handler } = sum({ wait });
    const first = await handler(windowEvent(records(1, 2, 3)), contextOf());
    expect(first).toEqual({ batchItemFailures: [], state: { sum: 6, seen: [1, 2, 3] } });
    const second = await handler(windowEvent(records(4), { state: first.state }), contextOf());
    expect(second.state).toEqual({ sum: 10, seen: [1, 2, 3, 4] });
  });

  test('by a reducer that returns another state', async () => {
    const handler = streamWindow<Item, { n: number }>({
      initial: { n: 0 },
      reduce: ({ n }) => ({ n: n + 1 }),
      close() {},
    });
    expect((await handler(windowEvent(records(1, 2)))).state).toEqual({ n: 2 });
  });

  test('each window begins with a copy of initial', async () => {
    const initial = { sum: 0, seen: [] as number[] };
    const handler = streamWindow<Item, typeof initial>({
      initial,
      reduce(state) {
        state.seen.push(++state.sum);
      },
      close() {},
    });
    initial.seen.push(9);
    for (let window = 0; window < 2; window++) {
      expect((await handler(windowEvent(records(1)))).state).toEqual({ sum: 1, seen: [1] });
    }
    expect(await handler(windowEvent(records(1), { state: undefined } as never))).toMatchObject({
      state: { sum: 1 },
    });
  });

  test('the event is not mutated', async () => {
    const { handler } = sum();
    const event = windowEvent(records(1, 2), { state: { sum: 1, seen: [1] } });
    const before = structuredClone(event);
    await handler(event);
    expect(event).toEqual(before);
  });
});

describe('the state that comes with a checkpoint holds exactly the records before it', () => {
  const waits = { never: false, always: true, 'from the third on': (total: number) => total >= 3 };

  for (const [when, wait] of Object.entries(waits)) {
    test.each([1, 2, 3, 4, 5])(`waiting ${when}, failing at %i`, async (bad) => {
      const { handler, logger } = sum({ wait, fails: (total) => total === bad });
      const response = await handler(windowEvent(records(1, 2, 3, 4, 5), { state: { sum: 100, seen: [] } }));
      const seen = [1, 2, 3, 4, 5].slice(0, bad - 1);
      expect(response).toEqual({
        batchItemFailures: failedAt(bad - 1),
        state: { sum: seen.reduce((a, b) => a + b, 100), seen },
      });
      expect(logger.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
    });
  }

  test('where the deadline comes between records', async () => {
    const { handler } = sum();
    // One look at the clock before each record: two of them may start.
    const response = await handler(windowEvent(records(1, 2, 3)), scriptedContext(1100, 100));
    expect(response.state).toEqual({ sum: 3, seen: [1, 2] });
    expect(response.batchItemFailures).toEqual(failedAt(2));
  });

  test('where the deadline comes while a record is counted, which then comes too late', async () => {
    let finish = () => {};
    const handler = streamWindow<Item, { sum: number }>({
      initial: { sum: 0 },
      reserveMs: 0,
      async reduce(state, record) {
        if (record.eventName !== 'INSERT') return;
        state.sum += record.newImage.total;
        if (record.newImage.total === 2) {
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
        }
        state.sum += 1000;
      },
      close() {},
      onBatch: () => finish(),
    });
    const response = await handler(windowEvent(records(1, 2, 3)), contextOf(40));
    expect(response).toEqual({ batchItemFailures: failedAt(1), state: { sum: 1001 } });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(response.state).toEqual({ sum: 1001 });
  });

  test('where validation fails the record', async () => {
    const item = v.object({ id: v.string(), total: v.pipe(v.number(), v.minValue(0)) });
    const table = defineTable({ name: 'Invoices', item, keys: ['id'] });
    const handler = streamWindow(table, {
      initial: { sum: 0 },
      logger: memoryLogger(),
      reduce(state, record) {
        if (record.eventName === 'INSERT') state.sum += record.newImage.total;
      },
      close() {},
    });
    expect(await handler(windowEvent(records(1, 2, -3, 4)))).toEqual({
      batchItemFailures: failedAt(2),
      state: { sum: 3 },
    });
  });

  test('nothing is reported of a reducer that answers otherwise when asked again: the invocation fails', async () => {
    let asked = 0;
    const moody = (again: () => unknown) =>
      streamWindow<Item, { n: number }>({
        initial: { n: 0 },
        logger: memoryLogger(),
        reduce: () => {
          asked++;
          if (asked === 2) throw new Error('the second record');
          return asked === 3 ? (again() as never) : { n: 1 };
        },
        close() {},
      });
    const late = moody(() => Promise.reject(new Error('unseen')));
    await expect(late(windowEvent(records(1, 2)))).rejects.toMatchObject({ code: 'INVALID_STATE' });
    asked = 0;
    const failing = moody(() => {
      throw new RangeError('again');
    });
    await expect(failing(windowEvent(records(1, 2)))).rejects.toThrow('again');
  });
});

test('with partialResponses: false a failure throws', async () => {
  const handler = streamWindow<Item, { n: number }>({
    initial: { n: 0 },
    partialResponses: false,
    logger: memoryLogger(),
    reduce() {
      throw undefined;
    },
    close() {},
  });
  await expect(handler(windowEvent(records(1)))).rejects.toMatchObject({ code: 'BATCH_FAILED' });
});

test('numbers, onBatch, logger and context are those of a router', async () => {
  const onBatch = vi.fn();
  const logger = memoryLogger();
  const lambdaContext = contextOf();
  const contexts: unknown[] = [];
  const handler = streamWindow<{ id: string; total: string }, { last: string }>({
    initial: { last: '' },
    numbers: 'string',
    onBatch,
    logger,
    reduce(_, record, context) {
      contexts.push(context.lambdaContext, context.logger, context.signal.aborted);
      return { last: record.eventName === 'INSERT' ? record.newImage.total : '' };
    },
    close() {},
  });
  expect((await handler(windowEvent(records('12.50')), lambdaContext)).state).toEqual({ last: '12.50' });
  expect(contexts).toEqual([lambdaContext, logger, false]);
  expect(onBatch).toHaveBeenCalledOnce();
  expect(onBatch.mock.calls[0]?.[0]).toMatchObject({ records: 1, succeeded: 1 });
});

test("numbers: 'exact' is loaded", async () => {
  const handler = streamWindow<Item, { kind: string }>({
    initial: { kind: '' },
    numbers: 'exact',
    reduce: (_, record) => ({
      kind: record.eventName === 'INSERT' ? record.newImage.total.constructor.name : '',
    }),
    close() {},
  });
  expect((await handler(windowEvent(records('0.12345678901234567890123')))).state.kind).not.toBe('Number');
});

describe('close', () => {
  const closing = (close: (...args: unknown[]) => unknown, options: object = {}) =>
    streamWindow<Item, { sum: number }>({
      initial: { sum: 0 },
      logger: memoryLogger(),
      reduce(state, record) {
        if (record.eventName === 'INSERT') state.sum += record.newImage.total;
      },
      close,
      ...options,
    });

  test('gets the whole state and the window, at the final invocation only', async () => {
    const close = vi.fn();
    const handler = closing(close);
    await handler(windowEvent(records(1)));
    expect(close).not.toHaveBeenCalled();
    expect(await handler(final({ sum: 6 }))).toEqual({ batchItemFailures: [], state: { sum: 6 } });
    expect(close).toHaveBeenCalledExactlyOnceWith(
      { sum: 6 },
      {
        start: new Date('2026-01-01T12:00:00Z'),
        end: new Date('2026-01-01T12:01:00Z'),
        shardId: 'shardId-1',
        tableName: 'Invoices',
        isWindowTerminatedEarly: false,
      },
      expect.objectContaining({ signal: expect.any(AbortSignal) }),
    );
  });

  test('gets the initial state where nothing was counted', async () => {
    const close = vi.fn();
    await closing(close)(final({}, { isWindowTerminatedEarly: true }));
    expect(close.mock.calls[0]?.slice(0, 2)).toMatchObject([{ sum: 0 }, { isWindowTerminatedEarly: true }]);
  });

  test('comes after the records, should a final invocation have some', async () => {
    const close = vi.fn();
    const handler = closing(close);
    await handler({ ...final({ sum: 1 }), Records: records(2) });
    expect(close.mock.calls[0]?.[0]).toEqual({ sum: 3 });
    await expect(handler({ ...final({ sum: 1 }), Records: records('no number') })).rejects.toMatchObject({
      code: 'BATCH_FAILED',
    });
    expect(close).toHaveBeenCalledOnce();
  });

  test.each<[string, () => unknown, unknown]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
      new Error('down'),
    ],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
      undefined,
    ],
    ['rejects', () => Promise.reject(new Error('down')), new Error('down')],
  ])('that %s fails the invocation, and says so in the log', async (_, close, thrown) => {
    const logger = memoryLogger();
    const result = await closing(close, { logger })(final({ sum: 1 })).then(
      () => 'closed',
      (error: unknown) => ({ error }),
    );
    expect(result).toEqual({ error: thrown });
    expect(logger.entries).toMatchObject([
      {
        level: 'error',
        message: 'Window failed to close',
        fields: { tableName: 'Invoices', shardId: 'shardId-1' },
      },
    ]);
  });

  test('has until the deadline', async () => {
    const slow = closing(
      (_state, _window, context) =>
        new Promise((resolve) => {
          (context as { signal: AbortSignal }).signal.addEventListener('abort', () =>
            setTimeout(resolve, 50),
          );
        }),
      { reserveMs: 0 },
    );
    await expect(slow(final({ sum: 1 }), contextOf(20))).rejects.toMatchObject({ code: 'DEADLINE_REACHED' });
    const close = vi.fn();
    await expect(closing(close)(final({ sum: 1 }), contextOf(10))).rejects.toMatchObject({
      code: 'DEADLINE_REACHED',
    });
    expect(close).not.toHaveBeenCalled();
  });

  test('fails as it does when the logger throws', async () => {
    const logger = {
      ...memoryLogger(),
      error: () => {
        throw new Error('logger');
      },
    };
    await expect(closing(() => Promise.reject(new Error('down')), { logger })(final({}))).rejects.toThrow(
      'down',
    );
  });
});

describe('the state has to be JSON', () => {
  const counting = (value: unknown, logger = memoryLogger()) =>
    streamWindow<Item, { value: unknown }>({
      initial: { value: [1] },
      logger,
      reduce: () => ({ value }),
      close() {},
    });

  test.each<[string, unknown]>([
    ['value (bigint)', 1n],
    ['value (NaN)', Number.NaN],
    ['value (Infinity)', Number.POSITIVE_INFINITY],
    ['value (function)', () => {}],
    ['value (symbol)', Symbol('x')],
    ['value (an instance of a class)', new Date()],
    ['value (an instance of a class)', new Set()],
    ['value.* (an instance of a class)', [new Map()]],
    ['value.* (undefined)', [undefined]],
    ['value.*.* (bigint)', [{ secret: 1n }]],
    ['value.* (bigint)', { secret: 1n }],
  ])('%s is refused, and no name is told that can be item content', async (what, value) => {
    const error = await counting(value)(windowEvent(records(1))).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'WindowStateError', code: 'INVALID_STATE', retryable: false });
    expect((error as Error).message).toContain(`${what} is not`);
    expect((error as Error).message).not.toContain('secret');
  });

  test.each<[unknown]>([['x'], [1], [[]], [null]])(
    'a reducer that returns %j fails its record',
    async (returned) => {
      const logger = memoryLogger();
      const handler = streamWindow<Item, { n: number }>({
        initial: { n: 0 },
        logger,
        reduce: () => returned as never,
        close() {},
      });
      const response = await handler(windowEvent(records(1)));
      expect(response).toEqual({ batchItemFailures: failedAt(0), state: { n: 0 } });
      expect(logger.entries[0]?.fields.error).toMatchObject({ code: 'INVALID_STATE' });
    },
  );

  test('and a reducer that changes its mind about that fails the invocation', async () => {
    let asked = 0;
    const handler = streamWindow<Item, { n: number }>({
      initial: { n: 0 },
      logger: memoryLogger(),
      reduce: () => (++asked === 1 ? { n: 1 } : ('x' as never)),
      close() {},
    });
    await expect(handler(windowEvent(records(1, 2)))).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  describe('a state that becomes {} is not taken for the beginning of a window', () => {
    const emptying = (initial: object, logger = memoryLogger()) =>
      streamWindow<Item>({ initial, logger, reduce: () => ({ left: undefined }), close() {} });

    test('but refused where initial has something', async () => {
      await expect(emptying({ left: 3 })(windowEvent(records(1)))).rejects.toMatchObject({
        name: 'WindowStateError',
        code: 'INVALID_STATE',
        message: expect.stringMatching(/became \{\}.*Keep an attribute/),
      });
    });

    test('and kept where initial is empty, which makes no difference', async () => {
      expect((await emptying({})(windowEvent(records(1)))).state).toEqual({});
    });

    test('and may be {} between two records', async () => {
      let emptied = false;
      const handler = streamWindow<Item>({
        initial: { left: 3 },
        reduce() {
          emptied = !emptied;
          return emptied ? {} : { left: 2 };
        },
        close() {},
      });
      expect((await handler(windowEvent(records(1, 2)))).state).toEqual({ left: 2 });
    });
  });

  test('an attribute that is undefined reads the same when it is left out', async () => {
    expect((await counting({ a: undefined })(windowEvent(records(1)))).state).toEqual({ value: {} });
    expect((await counting({ a: null, b: true, c: 'x' })(windowEvent(records(1)))).state).toEqual({
      value: { a: null, b: true, c: 'x' },
    });
  });

  test('over 1 MB it is a warning: Lambda closes the window early', async () => {
    const logger = memoryLogger();
    await counting('x'.repeat(1024 * 1024), logger)(windowEvent(records(1)));
    expect(logger.entries.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: expect.stringContaining('over 1 MB'), fields: { bytes: 1024 * 1024 + 12 } },
    ]);
  });

  test('over what a function may answer it is an error', async () => {
    await expect(counting('x'.repeat(6 * 1024 * 1024))(windowEvent(records(1)))).rejects.toMatchObject({
      name: 'WindowStateError',
      code: 'STATE_TOO_LARGE',
    });
  });
});

describe('events that do not fit', () => {
  test('streamWindow refuses one without a window, before any record', async () => {
    const { handler, calls } = sum();
    await expect(handler({ Records: records(1) } as never)).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'WINDOW_MISMATCH',
      message: expect.stringContaining('tumblingWindowInSeconds'),
    });
    expect(calls).toEqual([]);
    await expect(handler({} as never)).rejects.toMatchObject({ code: 'NOT_A_STREAM_EVENT' });
  });

  test('streamRouter refuses one with a window, before any record', async () => {
    const handle = vi.fn();
    const router = streamRouter<Item>().onInsert(handle);
    for (const event of [windowEvent(records(1)), final({})]) {
      await expect(router(event)).rejects.toMatchObject({
        name: 'ConfigurationError',
        code: 'WINDOW_MISMATCH',
        message: expect.stringContaining('streamWindow'),
      });
    }
    expect(handle).not.toHaveBeenCalled();
  });

  test('a stream that carries less than declared is refused', async () => {
    const handler = streamWindow<Item, { n: number }>({ initial: { n: 0 }, reduce() {}, close() {} });
    const Records = [recordOf({ viewType: 'KEYS_ONLY' })];
    await expect(handler(windowEvent(Records))).rejects.toMatchObject({ code: 'VIEW_TYPE_MISMATCH' });
  });
});

describe('options', () => {
  const good = { initial: { n: 0 }, reduce() {}, close() {} };

  test.each<[string, unknown[], string]>([
    ['no options', [undefined], 'INVALID_OPTION'],
    ['an unknown option', [{ ...good, windowSeconds: 1 }], 'UNKNOWN_OPTION'],
    ['an order', [{ ...good, order: 'item' }], 'UNKNOWN_OPTION'],
    ['concurrency', [{ ...good, concurrency: 1 }], 'UNKNOWN_OPTION'],
    ['a bad reserveMs', [{ ...good, reserveMs: -1 }], 'INVALID_OPTION'],
    ['no initial', [{ ...good, initial: undefined }], 'INVALID_OPTION'],
    ['an initial that is no object', [{ ...good, initial: 0 }], 'INVALID_OPTION'],
    ['an initial that is a list', [{ ...good, initial: [] }], 'INVALID_OPTION'],
    ['an initial that is null', [{ ...good, initial: null }], 'INVALID_OPTION'],
    ['an initial that is no JSON', [{ ...good, initial: { at: new Date() } }], 'INVALID_OPTION'],
    ['an initial that is a class', [{ ...good, initial: new Map() }], 'INVALID_OPTION'],
    ['no reduce', [{ ...good, reduce: undefined }], 'INVALID_HANDLER'],
    ['a close that is no function', [{ ...good, close: {} }], 'INVALID_HANDLER'],
    ['a table that is none', [{}, good], 'INVALID_TABLE'],
  ])('%s is refused when the handler is made', (_, args, code) => {
    expect(() => (streamWindow as (...args: unknown[]) => unknown)(...args)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code }),
    );
  });

  test('the handler takes two parameters: Lambda on Node 24 refuses three', () => {
    expect(streamWindow(good).length).toBe(2);
  });
});
