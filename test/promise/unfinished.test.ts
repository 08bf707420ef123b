import { processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { type DynamoDBStreamWindowEvent, processBatch, streamRouter, streamWindow } from '../../src/index.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { isUnfinished, refuseUnfinished } from '../../src/promise/unfinished.ts';
import { contextOf, eventOf, memoryLogger, STREAM_ARN, sequenceNumberAt } from '../fixtures/events.ts';
import { UNFINISHED } from '../fixtures/unfinished.ts';

test.each(UNFINISHED)('%s is unfinished, and refused with what to return', async (_, make, says) => {
  const result = make();
  expect(isUnfinished(result)).toBe(true);
  await expect(refuseUnfinished(result as object)).rejects.toMatchObject({
    name: 'ConfigurationError',
    code: 'INVALID_RESULT',
    retryable: false,
    message: expect.stringMatching(new RegExp(`^A handler returned ${says}`)),
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const cyclic: unknown[] = [];
cyclic.push(cyclic);

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['null', null],
  ['text', 'abc'],
  ['a number', 0],
  ['a function', () => {}],
  ['an object', { next: 'page 2', promise: 5 }],
  ['an object with a null prototype', Object.create(null)],
  ['an array', [1, 'a', null, undefined, {}, [new Set([1])]]],
  ['an array that holds itself', cyclic],
  ['a sparse array', new Array(3)],
  ['a Set', new Set(['a'])],
  ['a Map', new Map([['a', [1]]])],
  ['bytes', new Uint8Array(3)],
  [
    'an object that throws when it is looked into',
    {
      get next() {
        throw new Error('mine');
      },
    },
  ],
  ['a revoked Proxy', revoked()],
  ['what Promise.allSettled gives', [{ status: 'rejected', reason: new Error('x') }]],
])('%s is a plain value', (_, value) => expect(isUnfinished(value)).toBe(false));

test('it fails only when the promises have settled, and no rejection is left over', async () => {
  let ended = 0;
  const work = async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    ended++;
    throw new Error('work');
  };
  await expect(refuseUnfinished([work(1), [work(10)]])).rejects.toMatchObject({
    code: 'INVALID_RESULT',
  });
  expect(ended).toBe(2);
});

type Made = () => unknown;
type Logger = ReturnType<typeof memoryLogger>;

const windowEvent = (fields: Partial<DynamoDBStreamWindowEvent> = {}): DynamoDBStreamWindowEvent => ({
  ...eventOf({ id: 'a' }, { id: 'b' }, { id: 'a' }),
  window: { start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:01:00Z' },
  state: {},
  shardId: 'shardId-1',
  eventSourceARN: STREAM_ARN,
  isFinalInvokeForWindow: false,
  isWindowTerminatedEarly: false,
  ...fields,
});

/** The second of three records gets the result, the others succeed. */
const second =
  (result: Made) =>
  (record: { readonly sequenceNumber: string }): unknown =>
    record.sequenceNumber === sequenceNumberAt(1) ? result() : undefined;
const event = () => eventOf({ id: 'a' }, { id: 'b' }, { id: 'a' });

const ENTRY_POINTS: readonly [string, string, (result: Made, logger: Logger) => Promise<unknown>][] = [
  [
    'the only route',
    'A handler',
    (result, logger) => streamRouter({ logger }).onInsert(second(result))(event(), contextOf()),
  ],
  [
    'the first route of two',
    'A handler',
    (result, logger) =>
      streamRouter({ logger })
        .onInsert(second(result))
        .onInsert(() => {})(event(), contextOf()),
  ],
  [
    'a route within a middleware',
    'A handler',
    (result, logger) =>
      streamRouter({ logger })
        .use((_record, _context, next) => next())
        .onInsert(second(result))(event(), contextOf()),
  ],
  [
    'a route within a middleware that looks at it',
    'A handler',
    (result, logger) =>
      streamRouter({ logger })
        .use(async (_record, _context, next) => {
          await next();
        })
        .onInsert(second(result))(event(), contextOf()),
  ],
  [
    'a middleware',
    'A middleware',
    (result, logger) =>
      streamRouter({ logger }).use((record, _context, next) => {
        void next();
        return second(result)(record);
      })(event(), contextOf()),
  ],
  [
    'processBatch',
    'A handler',
    (result, logger) => processBatch(event(), contextOf(), second(result), { logger }),
  ],
  [
    'OrderedStreamProcessor',
    'OrderedStreamProcessor: A record handler',
    (result, logger) =>
      processPartialResponse(
        event(),
        async (record: DynamoDBRecord) =>
          record.dynamodb?.SequenceNumber === sequenceNumberAt(1) ? result() : undefined,
        new OrderedStreamProcessor({ logger }),
      ),
  ],
  [
    'reduce',
    'streamWindow: reduce',
    (result, logger) =>
      streamWindow({
        initial: { count: 0 },
        logger,
        reduce: (_state, record) => second(result)(record) as undefined,
        close() {},
      })(windowEvent(), contextOf()),
  ],
];

const PACES: readonly [string, (made: Made) => Made][] = [
  ['returned', (made) => made],
  ['resolved with', (made) => async () => made()],
];

describe.each(ENTRY_POINTS)('%s', (_, owner, run) => {
  describe.each(PACES)('that %s', (_, paced) => {
    test.each(UNFINISHED)('%s fails the record, and says what to return', async (_, made) => {
      const logger = memoryLogger();
      const response = await run(paced(made), logger);
      expect(response).toMatchObject({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
      const [failure, ...others] = logger.entries.filter(({ level }) => level === 'error');
      expect(others).toEqual([]);
      expect(failure?.message).toBe('Record failed');
      expect(failure?.fields.error).toMatchObject({
        name: 'ConfigurationError',
        code: 'INVALID_RESULT',
        message: expect.stringMatching(new RegExp(`^${owner} returned .*Return `)),
      });
    });
  });
});

test.each(UNFINISHED)('close that returns %s fails the invocation', async (_, made) => {
  const handler = streamWindow({
    initial: { count: 0 },
    logger: memoryLogger(),
    reduce() {},
    close: made,
  });
  const final = windowEvent({ Records: [], state: { count: 1 }, isFinalInvokeForWindow: true });
  await expect(handler(final, contextOf())).rejects.toMatchObject({
    code: 'INVALID_RESULT',
    owner: 'streamWindow',
    option: 'close',
    message: expect.stringMatching(/^streamWindow: close returned /),
  });
});

test.each(UNFINISHED)('onBatch that returns %s is logged, and changes nothing', async (_, made) => {
  const logger = memoryLogger();
  for (const onBatch of [made, async () => made()]) {
    logger.entries.splice(0);
    expect(await streamRouter({ logger, onBatch })(event(), contextOf())).toEqual({ batchItemFailures: [] });
    expect(logger.entries.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'onBatch failed', fields: { error: { code: 'INVALID_RESULT' } } },
    ]);
  }
});

test.each(UNFINISHED)('a single record of OrderedStreamProcessor that returns %s fails', async (_, made) => {
  const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
  const [record] = event().Records as [DynamoDBRecord];
  processor.register([record], made);
  expect(await processor.processRecord(record)).toMatchObject(['fail', expect.any(String), record]);
  expect(processor.errors).toMatchObject([{ code: 'INVALID_RESULT' }]);
});

test('the lane and the answer wait for the promises that were returned', async () => {
  const seen: string[] = [];
  const router = streamRouter({ logger: memoryLogger(), partialResponses: true }).onInsert(
    ({ sequenceNumber }) => {
      const work = async (ms: number) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        seen.push(`${sequenceNumber === sequenceNumberAt(0) ? 'first' : 'another'} ${ms}`);
      };
      return [work(1), work(10)];
    },
  );
  await router(eventOf({ id: 'a' }, { id: 'a' }), contextOf());
  expect(seen).toEqual(['first 1', 'first 10']);
});

test('a middleware that hands back the promise of next() in an array still waits for the handler', async () => {
  let ended = false;
  const logger = memoryLogger();
  const router = streamRouter({ logger })
    .use((_record, _context, next) => [next()])
    .onInsert(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      ended = true;
    });
  expect((await router(eventOf({}), contextOf())).batchItemFailures).toHaveLength(1);
  expect(ended).toBe(true);
});
