import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { type DynamoDBStreamWindowEvent, defineTable, streamRouter, streamWindow } from '../../src/index.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { stateJson } from '../../src/window/window-state.ts';
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

  test.each<[string, (settle: () => void) => unknown]>([
    ['at once', (settle) => settle()],
    ['one tick later', (settle) => Promise.resolve().then(settle)],
    ['two ticks later', (settle) => Promise.resolve().then().then(settle)],
    ['three ticks later', (settle) => Promise.resolve().then().then().then(settle)],
    ['five ticks later', (settle) => Promise.resolve().then().then().then().then().then(settle)],
    ['a turn later', (settle) => setImmediate(settle)],
  ])('where reduce settles on abort, %s', async (_, later) => {
    const summaries: unknown[] = [];
    const handler = streamWindow<Item, { sum: number; seen: number[] }>({
      initial: { sum: 0, seen: [] },
      logger: memoryLogger(),
      reserveMs: 0,
      onBatch: (summary) => void summaries.push(summary),
      async reduce(state, record, { signal }) {
        if (record.eventName !== 'INSERT') return;
        const { total } = record.newImage;
        if (total === 3) {
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => later(resolve)));
        }
        state.sum += total;
        state.seen.push(total);
      },
      close() {},
    });
    const { state, batchItemFailures } = await handler(windowEvent(records(1, 2, 3)), contextOf(20));
    const seen = [1, 2, 3].slice(0, (state as unknown as { seen: number[] }).seen.length);
    expect(state).toEqual({ sum: seen.reduce((a, b) => a + b, 0), seen });
    // All three are counted or the third is not: either is right, if the response says the same.
    expect(batchItemFailures).toEqual(seen.length === 3 ? [] : failedAt(2));
    expect(summaries).toMatchObject([{ succeeded: seen.length, failed: 0 }]);
  });

  test('ends what reduce sends: nothing is sent after the answer', async () => {
    const client = { send: () => new Promise(() => {}) } as never;
    const queue = sqsQueue({
      queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/totals',
      client,
    });
    const sends: Promise<unknown>[] = [];
    const handler = streamWindow<Item, { sum: number }>({
      initial: { sum: 0 },
      logger: memoryLogger(),
      reserveMs: 0,
      async reduce(_state, record) {
        const sent = queue.send({ id: record.keys.id }, { record });
        sends.push(sent.catch((error: unknown) => error));
        await sent;
      },
      close() {},
    });
    const { batchItemFailures } = await handler(windowEvent(records(1)), contextOf(20));
    expect(batchItemFailures).toEqual(failedAt(0));
    expect(await Promise.race([sends[0], new Promise((resolve) => setTimeout(resolve, 50))])).toMatchObject({
      code: 'SINK_DEADLINE',
    });
  });

  test('where records behind an asynchronous schema are counted again after the deadline', async () => {
    const item = v.pipeAsync(
      v.object({ id: v.string(), total: v.number() }),
      v.checkAsync(async () => true),
    );
    const table = defineTable({ name: 'Invoices', item, keys: ['id'] });
    const logger = memoryLogger();
    const handler = streamWindow(table, {
      initial: { sum: 0 },
      logger,
      reserveMs: 100,
      reduce(state, record) {
        if (record.eventName !== 'INSERT') return undefined;
        state.sum += record.newImage.total;
        return record.newImage.total === 3 ? new Promise<void>(() => {}) : undefined;
      },
      close() {},
    });
    const response = await handler(windowEvent(records(1, 2, 3, 4)), contextOf(150));
    expect(response).toEqual({ batchItemFailures: failedAt(2), state: { sum: 3 } });
    expect(logger.entries.filter(({ message }) => message === 'Record failed')).toEqual([]);
  });

  test('where an asynchronous schema answers after the deadline: reduce is not called any more', async () => {
    const slow: StandardSchemaV1<unknown, Item> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => new Promise((resolve) => setTimeout(resolve, 30, { value: value as Item })),
      },
    };
    const reduce = vi.fn();
    const handler = streamWindow(defineTable({ name: 'Invoices', item: slow, keys: ['id'] }), {
      initial: { n: 0 },
      logger: memoryLogger(),
      reserveMs: 0,
      reduce,
      close() {},
    });
    expect(await handler(windowEvent(records(1)), contextOf(10))).toEqual({
      batchItemFailures: failedAt(0),
      state: { n: 0 },
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(reduce).not.toHaveBeenCalled();
  });
});

describe('after a failure the records before it are counted again', () => {
  interface Counted {
    seen: number[];
  }
  const counting = (reduce: (total: number, times: number) => unknown, options: object = {}) => {
    const times = new Map<number, number>();
    const logger = memoryLogger();
    const handler = streamWindow<Item, Counted>({
      initial: { seen: [] },
      logger,
      reduce(state, record) {
        if (record.eventName !== 'INSERT') return;
        const { total } = record.newImage;
        times.set(total, (times.get(total) ?? 0) + 1);
        state.seen.push(total);
        return reduce(total, times.get(total) ?? 0) as undefined;
      },
      close() {},
      ...options,
    });
    return { handler, times, logger };
  };
  const failing = (total: number, last: number) => {
    if (total === last) throw new Error('refused');
  };

  test.each([
    // The clock of 2000 ms loses 100 at each record.
    { reserveMs: 0, last: 14, again: 3 },
    { reserveMs: 500, last: 14, again: 3 },
    { reserveMs: 1000, last: 9, again: 6 },
    { reserveMs: 0, last: 4, again: 3 },
  ])('in half of the time that is left, and the answer names the first that is not: %o', async (run) => {
    const { reserveMs, last, again } = run;
    const context = scriptedContext(2000);
    const onBatch = vi.fn();
    const { handler, logger } = counting(
      (total) => {
        context.advance(100);
        failing(total, last);
      },
      { reserveMs, onBatch },
    );
    const totals = Array.from({ length: 20 }, (_, index) => index + 1);
    const { state, batchItemFailures } = await handler(windowEvent(records(...totals)), context);
    expect(state.seen).toEqual(totals.slice(0, again));
    expect(batchItemFailures).toEqual(failedAt(again));
    expect(context.getRemainingTimeInMillis()).toBeGreaterThanOrEqual(300);
    expect(onBatch).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ succeeded: again, failed: 1, checkpoint: sequenceNumberAt(again) }),
    );
    expect(logger.entries.filter(({ message }) => message === 'Record failed')).toHaveLength(1);
  });

  test('not at all where no time is left', async () => {
    const context = scriptedContext(100);
    const { handler, times } = counting(
      (total) => {
        context.advance(60);
        failing(total, 2);
      },
      { reserveMs: 0 },
    );
    expect(await handler(windowEvent(records(1, 2)), context)).toEqual({
      batchItemFailures: failedAt(0),
      state: { seen: [] },
    });
    expect(times.get(1)).toBe(1);
  });

  test('only as far as the last copy, which is made before a record that comes late', async () => {
    const { handler, times } = counting((total) => {
      const until = performance.now() + 30;
      while (performance.now() < until);
      failing(total, 5);
    });
    const { state } = await handler(windowEvent(records(1, 2, 3, 4, 5)));
    expect(state.seen).toEqual([1, 2, 3, 4]);
    expect([...times.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  test('and waited for where reduce is asynchronous this time', async () => {
    const { handler, times } = counting((total, time) => {
      failing(total, 4);
      return time === 2 && total === 2 ? new Promise((resolve) => setTimeout(resolve, 5)) : undefined;
    });
    expect(await handler(windowEvent(records(1, 2, 3, 4)))).toEqual({
      batchItemFailures: failedAt(3),
      state: { seen: [1, 2, 3] },
    });
    expect([...times.values()]).toEqual([2, 2, 2, 1]);
  });

  test('but not for longer than half of the time that is left', async () => {
    const { handler } = counting(
      (total, time) => {
        failing(total, 4);
        return time === 2 && total === 2 ? new Promise(() => {}) : undefined;
      },
      { reserveMs: 0 },
    );
    const startedAt = performance.now();
    // Record 2 may have changed the state, so the state is the last copy.
    expect(await handler(windowEvent(records(1, 2, 3, 4)), contextOf(200))).toEqual({
      batchItemFailures: failedAt(0),
      state: { seen: [] },
    });
    expect(performance.now() - startedAt).toBeLessThan(190);
  });

  test('and a reduce that takes longer learns it by its signal, before the answer', async () => {
    const signals: AbortSignal[] = [];
    const handler = streamWindow<Item, Counted>({
      initial: { seen: [] },
      logger: memoryLogger(),
      reserveMs: 0,
      reduce(state, _record, { signal }) {
        signals.push(signal);
        state.seen.push(0);
        failing(signals.length, 2);
        return signals.length === 3 ? (new Promise(() => {}) as never) : undefined;
      },
      close() {},
    });
    await handler(windowEvent(records(1, 2)), contextOf(200));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, true]);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('not again');
      },
    ],
    ['rejects', () => Promise.reject(new Error('not again'))],
    ['returns something else than an object', () => 'x'],
  ])('up to one for which reduce now %s', async (_, second) => {
    const onBatch = vi.fn();
    const { handler, logger } = counting(
      (total, time) => {
        failing(total, 3);
        return time === 2 ? second() : undefined;
      },
      { onBatch },
    );
    expect(await handler(windowEvent(records(1, 2, 3)))).toEqual({
      batchItemFailures: failedAt(0),
      state: { seen: [] },
    });
    const failures = logger.entries.filter(({ message }) => message === 'Record failed');
    expect(failures.map(({ fields }) => fields.sequenceNumber)).toEqual([
      sequenceNumberAt(2),
      sequenceNumberAt(0),
    ]);
    expect(onBatch.mock.calls).toMatchObject([[{ succeeded: 0, failed: 2 }]]);
  });

  test('from their images as Lambda sent them, whatever reduce has made of those', async () => {
    const lines = { M: { count: { N: '1' } } };
    const handler = streamWindow<{ id: string; lines: { count: number } }, { lines: { count: number } }>({
      initial: { lines: { count: 0 } },
      logger: memoryLogger(),
      reduce(state, record) {
        if (record.eventName !== 'INSERT') return;
        if (record.newImage.id === 'item-2') throw new Error('refused');
        // The image of the first record becomes part of the state, which the second changes.
        if (state.lines.count === 0) state.lines = record.newImage.lines;
        else state.lines.count += 10;
      },
      close() {},
    });
    const event = windowEvent([0, 1, 2].map((index) => recordOf({ newImage: { lines } }, index)));
    expect((await handler(event)).state).toEqual({ lines: { count: 11 } });
  });

  test('and checked again', async () => {
    const item = v.objectAsync({
      id: v.string(),
      total: v.pipeAsync(
        v.number(),
        v.checkAsync(async () => true),
      ),
    });
    const handler = streamWindow(defineTable({ name: 'Invoices', item, keys: ['id'] }), {
      initial: { sum: 0 },
      logger: memoryLogger(),
      reduce(state, record) {
        if (record.eventName === 'INSERT') state.sum += record.newImage.total;
        if (state.sum > 5) throw new Error('refused');
      },
      close() {},
    });
    expect(await handler(windowEvent(records(1, 2, 3)))).toEqual({
      batchItemFailures: failedAt(2),
      state: { sum: 3 },
    });
  });
});

test.each([true, false])(
  'a reduce that sets isFinalInvokeForWindow to %s does not decide if the window closes',
  async (given) => {
    const event = windowEvent(records(1), { isFinalInvokeForWindow: !given });
    const closed: number[] = [];
    const handler = streamWindow<Item, { sum: number }>({
      initial: { sum: 0 },
      logger: false,
      reduce(state) {
        state.sum += 1;
        Object.assign(event, { isFinalInvokeForWindow: given });
      },
      close: ({ sum }) => void closed.push(sum),
    });

    await handler(event, contextOf());

    expect(closed).toEqual(given ? [] : [1]);
  },
);

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

  test.each<[string, (state: Record<string, unknown>) => void]>([
    ['a bigint', (state) => Object.assign(state, { sum: 1n })],
    ['a cycle', (state) => Object.assign(state, { state })],
    ['nothing left', (state) => void delete state.sum],
  ])('may change its state, into %s: the response carries the state as it was', async (_, change) => {
    const handler = closing((state) => change(state as Record<string, unknown>));
    expect(await handler(final({ sum: 6 }))).toEqual({ batchItemFailures: [], state: { sum: 6 } });
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
  const cycle = (value: object) => Object.assign(value, [value]);
  const nested = (levels: number) => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
    return value;
  };
  const throwing = (): never => {
    throw new TypeError('secret');
  };
  const revoked = (target: object): object => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
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
    ['value (-0; add 0 to it)', -0],
    ['value.* (-0; add 0 to it)', [-0]],
    ['value (with a symbol as a key)', { a: 1, [Symbol('secret')]: 1 }],
    ['value.* (with a symbol as a key)', [{ [Symbol('secret')]: 1 }]],
    // biome-ignore lint/suspicious/noSparseArray: the point of this test
    ['value (an array with holes)', [1, , 3]],
    ['value (an array with holes)', new Array(3)],
    ['value (an array with holes)', Object.assign(new Array(1), { secret: 1 })],
    ['value (an array with attributes)', Object.assign([1], { secret: 1 })],
    ['value (an array with attributes)', Object.assign([1], { [Symbol('secret')]: 1 })],
    ['value (an instance of a class)', new (class extends Array {})()],
    [
      'value.* (a getter or setter)',
      {
        get secret() {
          return 1;
        },
      },
    ],
    ['value.* (not enumerable)', Object.defineProperty({}, 'secret', { value: 1 })],
    [
      'value.* (a getter or setter)',
      {
        get toJSON() {
          return throwing();
        },
      },
    ],
    ['value.* (function)', { toJSON: throwing }],
    [
      'value (an instance of a class)',
      new (class {
        toJSON = throwing;
      })(),
    ],
    ['value (a Proxy)', revoked({})],
    ['value (a Proxy)', revoked([])],
    ['value.* (a Proxy)', [revoked({})]],
    ['value.* (a Proxy)', { secret: new Proxy({}, { ownKeys: throwing }) }],
    ['value (a Proxy)', new Proxy({}, { getPrototypeOf: throwing })],
    // JSON would get another value than the check.
    ['value (a Proxy)', new Proxy({ secret: 1 }, { get: () => 2 })],
    ['a value that contains itself or is nested deeper than 1000 levels', cycle({})],
    ['a value that contains itself or is nested deeper than 1000 levels', cycle([])],
    ['a value that contains itself or is nested deeper than 1000 levels', nested(20_000)],
    ['a value that contains itself or is nested deeper than 1000 levels', nested(1000)],
  ])('%s is refused, and no name is told that can be item content', async (what, value) => {
    const error = await counting(value)(windowEvent(records(1))).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'WindowStateError', code: 'INVALID_STATE', retryable: false });
    expect((error as Error).message).toContain(`${what} is not`);
    expect((error as Error).message).not.toContain('secret');
  });

  test('a state that is a Proxy is refused, whatever it does', async () => {
    const state = revoked({});
    expect(() => stateJson(state, {})).toThrow(
      expect.objectContaining({
        code: 'INVALID_STATE',
        message: expect.stringContaining('got a Proxy'),
      }) as Error,
    );
    await expect(counting(1)(windowEvent(records(1), { state: state as never }))).rejects.toMatchObject({
      code: 'INVALID_STATE',
    });
    expect(() => streamWindow({ initial: state, reduce() {}, close() {} })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }) as Error,
    );
  });

  test('a toJSON of all objects that throws makes no other error', () => {
    Object.defineProperty(Object.prototype, 'toJSON', { value: throwing, configurable: true });
    try {
      expect(() => stateJson({ a: 1 }, {})).toThrow(
        expect.objectContaining({ code: 'INVALID_STATE', cause: expect.any(TypeError) }) as Error,
      );
    } finally {
      delete (Object.prototype as { toJSON?: unknown }).toJSON;
    }
  });

  test.each<[string, unknown]>([
    ['a text', 'x'],
    ['a number', 1],
    ['an array', []],
    ['null', null],
    ['a revoked Proxy', revoked({})],
    [
      'an object whose then cannot be read',
      {
        // biome-ignore lint/suspicious/noThenProperty: the point of this test
        get then() {
          return throwing();
        },
      },
    ],
  ])('a reducer that returns %s fails its record', async (_, returned) => {
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

  test('1000 levels are kept, and what one object is at several places is kept at each', async () => {
    expect((await counting(nested(999))(windowEvent(records(1)))).state).toEqual({ value: nested(999) });
    const twice = { n: 1 };
    expect((await counting([twice, { twice }])(windowEvent(records(1)))).state).toEqual({
      value: [{ n: 1 }, { twice: { n: 1 } }],
    });
  });

  test('what cannot be kept in the meantime may be gone at the end', async () => {
    const handler = streamWindow<Item, { n: unknown }>({
      initial: { n: 0 },
      logger: memoryLogger(),
      // Asynchronous, so that a copy is tried before each record.
      reduce: async (state) => ({ n: typeof state.n === 'bigint' ? Number(state.n) + 1 : 1n }),
      close() {},
    });
    expect((await handler(windowEvent(records(1, 2)))).state).toEqual({ n: 2 });
    await expect(handler(windowEvent(records(1, 2, 3)))).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  test('over 1 MB it is a warning: Lambda closes the window early', async () => {
    const logger = memoryLogger();
    await counting('x'.repeat(1024 * 1024), logger)(windowEvent(records(1)));
    expect(logger.entries.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: expect.stringContaining('over 1 MB'), fields: { bytes: 1024 * 1024 + 12 } },
    ]);
  });

  const doubled = (times: number) => {
    let value: unknown = 'x';
    for (let time = 0; time < times; time++) value = [value, value];
    return value;
  };

  test.each<[string, unknown]>([
    ['text', 'x'.repeat(6 * 1024 * 1024)],
    ['text of several bytes a character', '€'.repeat(2.1 * 1024 * 1024)],
    ['2 ** 40 references to one text', doubled(40)],
  ])('over what a function may answer it is an error: %s', async (_, value) => {
    await expect(counting(value)(windowEvent(records(1)))).rejects.toMatchObject({
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
    ['an initial that is not an object', [{ ...good, initial: 0 }], 'INVALID_OPTION'],
    ['an initial that is a list', [{ ...good, initial: [] }], 'INVALID_OPTION'],
    ['an initial that is null', [{ ...good, initial: null }], 'INVALID_OPTION'],
    ['an initial that is not JSON', [{ ...good, initial: { at: new Date() } }], 'INVALID_OPTION'],
    ['an initial that is a class', [{ ...good, initial: new Map() }], 'INVALID_OPTION'],
    ['no reduce', [{ ...good, reduce: undefined }], 'INVALID_HANDLER'],
    ['a close that is not a function', [{ ...good, close: {} }], 'INVALID_HANDLER'],
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
