import type { Context, DynamoDBStreamEvent, DynamoDBStreamHandler } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { type DeliverOptions, deliver, testStream } from '../../src/testing/index.ts';

interface Item {
  id: string;
  group?: string;
}

const REPORT: DeliverOptions = { functionResponseTypes: ['ReportBatchItemFailures'] };

const stream = testStream<Item>({ keys: ['id'] });

const recordsOf = (ids: string) => [...ids].map((id) => stream.insert({ id }));
const idsOf = (event: DynamoDBStreamEvent) => event.Records.map(({ dynamodb }) => dynamodb?.Keys?.id?.S);

function thrower(): never {
  throw new Error('always');
}

/** Reports the records of these ids. */
function reporting(...ids: readonly string[]) {
  return (event: DynamoDBStreamEvent) => ({
    batchItemFailures: event.Records.filter(({ dynamodb }) =>
      ids.includes(dynamodb?.Keys?.id?.S as string),
    ).map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber })),
  });
}

/** Keeps the ids of each invocation. */
function noting(handler: (event: DynamoDBStreamEvent, context: Context) => unknown = () => {}) {
  const batches: string[] = [];
  return {
    batches,
    handler: (event: DynamoDBStreamEvent, context: Context) => {
      batches.push(idsOf(event).join(''));
      return handler(event, context);
    },
  };
}

test('everything that deliver returns, of a router with a record that cannot succeed', async () => {
  const router = streamRouter<Item>({ logger: { debug() {}, info() {}, warn() {}, error() {} } }).onInsert(
    ({ newImage }) => {
      if (newImage.id === 'b') thrower();
    },
  );
  const [a, b, c] = recordsOf('abc');
  const [first, second, third] = [a, b, c].map((record) => record?.dynamodb.SequenceNumber);

  const delivery = await deliver(router, [a, b, c] as DynamoDBStreamEvent['Records'], {
    startingPosition: 'TRIM_HORIZON',
    maximumRetryAttempts: 1,
    bisectBatchOnFunctionError: true,
    ...REPORT,
  });

  const [one, two, three, four] = new Set(delivery.invocations.map(({ requestId }) => requestId));
  expect(delivery.invocations).toEqual([
    { sequenceNumbers: [first, second, third], requestId: one, attempt: 1, outcome: 'partial' },
    { sequenceNumbers: [second, third], requestId: two, attempt: 1, outcome: 'failed' },
    { sequenceNumbers: [second], requestId: three, attempt: 1, outcome: 'failed' },
    { sequenceNumbers: [second], requestId: three, attempt: 2, outcome: 'failed' },
    { sequenceNumbers: [third], requestId: four, attempt: 1, outcome: 'succeeded' },
  ]);
  expect(delivery).toMatchObject({
    succeeded: [first, third],
    filtered: [],
    errors: [],
    checkpoint: third,
    elapsedMs: 500,
    onFailure: [
      {
        requestContext: {
          requestId: three,
          functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:test-function',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: { functionError: null },
        DDBStreamBatchInfo: {
          startSequenceNumber: second,
          endSequenceNumber: second,
          batchSize: 1,
          streamArn: stream.streamArn,
          shardId: expect.stringMatching(/^shardId-\d{20}-\d{8}$/),
        },
      },
    ],
  });
  expect(new Date(delivery.onFailure[0]?.timestamp as string).getTime()).toBe(
    (a?.dynamodb.ApproximateCreationDateTime as number) * 1000 + 500,
  );
});

describe('the event and the context', () => {
  test('are as Lambda makes them, new for each attempt', async () => {
    const seen: [DynamoDBStreamEvent, Context][] = [];
    const records = recordsOf('a');
    const before = structuredClone(records);
    await deliver(
      (event: DynamoDBStreamEvent, context: Context) => {
        seen.push([structuredClone(event), context]);
        event.Records.pop();
        if (seen.length === 1) thrower();
      },
      records,
      { functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:invoices:live', timeoutSeconds: 5 },
    );
    expect(seen.map(([event]) => event)).toEqual([{ Records: before }, { Records: before }]);
    expect(records).toEqual(before);
    const [[, first], [, second]] = seen as [(typeof seen)[0], (typeof seen)[0]];
    expect(first.functionName).toBe('invoices');
    expect(first.invokedFunctionArn).toBe('arn:aws:lambda:eu-west-1:111122223333:function:invoices:live');
    expect(first.getRemainingTimeInMillis()).toBe(5000);
    expect(second.awsRequestId).toBe(first.awsRequestId);
    expect(second).not.toBe(first);
  });

  test('a function ARN that is not an ARN is the name', async () => {
    let name = '';
    const handler = (_: unknown, context: Context) => {
      name = context.functionName;
    };
    await deliver(handler, recordsOf('a'), { functionArn: 'invoices' });
    expect(name).toBe('invoices');
  });

  test('a handler typed by @types/aws-lambda is taken', async () => {
    const handler: DynamoDBStreamHandler = async () => ({ batchItemFailures: [] });
    expect((await deliver(handler, recordsOf('a'))).succeeded).toHaveLength(1);
  });
});

describe('the response table', () => {
  const [identifier] = recordsOf('z').map(({ dynamodb }) => dynamodb.SequenceNumber);

  test.each([
    [null],
    [undefined],
    [{}],
    [[]],
    [''],
    [{ batchItemFailures: [] }],
    [{ batchItemFailures: null }],
  ])('%j is success', async (response) => {
    const { invocations, onFailure } = await deliver(() => response, recordsOf('ab'), REPORT);
    expect(invocations.map(({ outcome }) => outcome)).toEqual(['succeeded']);
    expect(onFailure).toEqual([]);
  });

  test.each([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['null as identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a number as identifier', { batchItemFailures: [{ itemIdentifier: 1 }] }],
    ['another key', { batchItemFailures: [{ id: identifier }] }],
    ['an identifier that is not in the batch', { batchItemFailures: [{ itemIdentifier: identifier }] }],
  ])('%s fails the batch, with functionError null', async (_, response) => {
    const { invocations, onFailure } = await deliver(async () => response, recordsOf('ab'), {
      ...REPORT,
      maximumRetryAttempts: 0,
    });
    expect(invocations.map(({ outcome }) => outcome)).toEqual(['failed']);
    expect(onFailure).toMatchObject([
      { responseContext: { functionError: null }, DDBStreamBatchInfo: { batchSize: 2 } },
    ]);
  });

  test.each([
    ['a throw', thrower],
    ['a rejection', async () => thrower()],
    ['a response that JSON cannot hold', () => ({ batchItemFailures: [], total: 1n })],
  ])('%s fails the batch, with functionError Unhandled', async (_, handler) => {
    const { onFailure, errors } = await deliver(handler, recordsOf('ab'), {
      ...REPORT,
      maximumRetryAttempts: 0,
    });
    expect(onFailure).toMatchObject([
      { responseContext: { functionError: 'Unhandled' }, DDBStreamBatchInfo: { batchSize: 2 } },
    ]);
    expect(errors).toEqual([expect.any(Error)]);
  });

  test('throw undefined is a failure too', async () => {
    const { invocations, errors } = await deliver(
      () => {
        throw undefined;
      },
      recordsOf('a'),
      { maximumRetryAttempts: 0 },
    );
    expect(invocations.map(({ outcome }) => outcome)).toEqual(['failed']);
    expect(errors).toEqual([undefined]);
  });

  test('of several valid identifiers the lowest counts', async () => {
    const { batches, handler } = noting(reporting('d', 'b'));
    await deliver(handler, recordsOf('abcd'), { ...REPORT, maximumRetryAttempts: 0 });
    expect(batches).toEqual(['abcd', 'bcd']);
  });

  test('without ReportBatchItemFailures a response is ignored', async () => {
    const { succeeded, onFailure } = await deliver(reporting('a', 'b'), recordsOf('ab'));
    expect(succeeded).toHaveLength(2);
    expect(onFailure).toEqual([]);
  });

  test('without ReportBatchItemFailures a throw fails anyway', async () => {
    const { succeeded } = await deliver(thrower, recordsOf('ab'), { maximumRetryAttempts: 2 });
    expect(succeeded).toEqual([]);
  });
});

describe('the delivery of one batch', () => {
  test.each([
    [0, 1],
    [1, 2],
    [10, 11],
    [10_000, 1446],
    [-1, 1446],
  ])('with %i retries a batch that always fails is invoked %i times', async (maximumRetryAttempts, times) => {
    const { invocations, onFailure } = await deliver(thrower, recordsOf('a'), { maximumRetryAttempts });
    expect(invocations).toHaveLength(times);
    expect(invocations.map(({ attempt }) => attempt)).toEqual(invocations.map((_, index) => index + 1));
    expect(new Set(invocations.map(({ requestId }) => requestId)).size).toBe(1);
    expect(onFailure).toMatchObject([{ requestContext: { approximateInvokeCount: times } }]);
  });

  test('an hour of retries takes milliseconds', async () => {
    const startedAt = performance.now();
    const { elapsedMs, invocations } = await deliver(thrower, recordsOf('a'), {
      maximumRetryAttempts: 60,
      retryDelayMs: () => 60_000,
    });
    expect(elapsedMs).toBe(3_600_000);
    expect(invocations).toHaveLength(61);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('for ever ends when the records leave the stream, with the records after them', async () => {
    const { elapsedMs, onFailure, succeeded, invocations } = await deliver(thrower, recordsOf('abc'), {
      batchSize: 1,
    });
    expect(elapsedMs / 3_600_000).toBeCloseTo(24, 1);
    expect(succeeded).toEqual([]);
    expect(onFailure.map(({ requestContext }) => requestContext.condition)).toEqual([
      'RecordAgeExceeded',
      'RecordAgeExceeded',
      'RecordAgeExceeded',
    ]);
    expect(onFailure[0]).not.toHaveProperty('responseContext');
    // Those behind were never tried.
    expect(new Set(invocations.flatMap(({ sequenceNumbers }) => sequenceNumbers)).size).toBe(1);
  });

  test('for ever ends although a delay is 0, and lets timers fire meanwhile', async () => {
    let fired = false;
    setImmediate(() => {
      fired = true;
    });
    const { elapsedMs, invocations } = await deliver(thrower, recordsOf('a'), {
      retryDelayMs: () => 0,
      startedAt: new Date(Date.now() + 86_400_000 - 5000),
    });
    expect(elapsedMs).toBeGreaterThan(2000);
    // A millisecond each.
    expect(invocations).toHaveLength(elapsedMs);
    expect(fired).toBe(true);
  });

  test('fake timers do not stop it', async () => {
    vi.useFakeTimers();
    try {
      const retryDelayMs = () => 0;
      const { elapsedMs, invocations } = await deliver(thrower, recordsOf('a'), {
        retryDelayMs,
        maximumRetryAttempts: 2000,
      });
      expect(elapsedMs).toBe(0);
      expect(invocations).toHaveLength(2001);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5', undefined])(
    'a delay of %j is refused',
    async (delay) => {
      const delivering = deliver(thrower, recordsOf('a'), { retryDelayMs: () => delay as number });
      await expect(delivering).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('deliver: retryDelayMs(1) has to be milliseconds from 0 on'),
      });
    },
  );

  test('a maximum age ends it earlier', async () => {
    const { elapsedMs, onFailure } = await deliver(thrower, recordsOf('a'), {
      maximumRecordAgeInSeconds: 60,
    });
    expect(elapsedMs).toBe(63_500);
    expect(onFailure).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  test('records that are too old at the start are never delivered', async () => {
    const records = recordsOf('ab');
    const { newest } = { newest: (records[1]?.dynamodb.ApproximateCreationDateTime as number) * 1000 };
    const { invocations, onFailure } = await deliver(() => {}, records, {
      maximumRecordAgeInSeconds: 60,
      startedAt: new Date(newest + 61_000),
    });
    expect(invocations).toEqual([]);
    expect(onFailure).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 } },
    ]);
  });

  test('a batch is split in the middle, depth first', async () => {
    const { batches, handler } = noting((event) => {
      if (idsOf(event).includes('b')) thrower();
    });
    await deliver(handler, recordsOf('abcde'), { bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 });
    expect(batches).toEqual(['abcde', 'ab', 'a', 'b', 'cde']);
  });

  test('a failing batch blocks the records after it', async () => {
    let failures = 2;
    const { batches, handler } = noting((event) => {
      if (idsOf(event).includes('b') && failures-- > 0) thrower();
    });
    await deliver(handler, recordsOf('abcd'), { batchSize: 2 });
    expect(batches).toEqual(['ab', 'ab', 'ab', 'cd']);
  });
});

describe('batches', () => {
  test.each([
    [1, ['a', 'b', 'c', 'd', 'e']],
    [2, ['ab', 'cd', 'e']],
    [5, ['abcde']],
    [100, ['abcde']],
  ])('of %i records', async (batchSize, expected) => {
    const { batches, handler } = noting();
    await deliver(handler, recordsOf('abcde'), { batchSize });
    expect(batches).toEqual(expected);
  });

  test('close at 6 MB of event, base64 included', async () => {
    const binary = testStream<{ id: string; data: Uint8Array }>({ keys: ['id'] });
    const large = Array.from({ length: 40 }, (_, index) =>
      binary.insert({ id: String(index), data: new Uint8Array(300_000) }),
    );
    const sizes: number[] = [];
    await deliver((event: object) => void sizes.push(JSON.stringify(event).length), large, {
      maximumBatchingWindowInSeconds: 10,
    });
    expect(sizes).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(Math.min(...sizes.slice(0, 2))).toBeGreaterThan(6 * 1024 * 1024 - 401_000);
  });

  test('without a window are a page of the stream at most: 1,000 records or 1 MB', async () => {
    const records = Array.from({ length: 2500 }, () => stream.insert({ id: 'a' }));
    const sizes = async (options: DeliverOptions) =>
      (await deliver(() => {}, records, { batchSize: 10_000, ...options })).invocations.map(
        ({ sequenceNumbers }) => sequenceNumbers.length,
      );
    expect(await sizes({})).toEqual([1000, 1000, 500]);
    expect(await sizes({ maximumBatchingWindowInSeconds: 1 })).toEqual([2500]);
  });

  test('a page is full at 1 MB', async () => {
    const large = testStream<{ id: string; text: string }>({ keys: ['id'] });
    const records = Array.from({ length: 5 }, () => large.insert({ id: 'a', text: 'x'.repeat(390_000) }));
    const { invocations } = await deliver(() => {}, records);
    expect(invocations.map(({ sequenceNumbers }) => sequenceNumbers.length)).toEqual([2, 2, 1]);
  });

  test('a batch that is not full waits for its window', async () => {
    const { elapsedMs } = await deliver(() => {}, recordsOf('abcde'), {
      batchSize: 2,
      maximumBatchingWindowInSeconds: 300,
    });
    expect(elapsedMs).toBe(300_000);
  });

  test('records come in the order of their sequence numbers, whatever the order given', async () => {
    const { batches, handler } = noting();
    const records = recordsOf('abcd');
    const shuffled = [2, 0, 3, 1].flatMap((index) => records[index] ?? []);
    await deliver(handler, shuffled);
    expect(batches).toEqual(['abcd']);
    expect(shuffled[0]).toBe(records[2]);
  });
});

describe('filters', () => {
  test('pass over what none of them matches, before batching', async () => {
    const { batches, handler } = noting();
    const records = recordsOf('abcabd');
    const { filtered, checkpoint, succeeded } = await deliver(handler, records, {
      batchSize: 2,
      filterCriteria: {
        filters: ['a', 'c'].map((id) => ({
          pattern: JSON.stringify({ dynamodb: { Keys: { id: { S: [id] } } } }),
        })),
      },
    });
    expect(batches).toEqual(['ac', 'a']);
    expect(filtered).toEqual([1, 4, 5].map((index) => records[index]?.dynamodb.SequenceNumber));
    expect(succeeded).toHaveLength(3);
    expect(checkpoint).toBe(records[5]?.dynamodb.SequenceNumber);
  });

  test('that match nothing invoke nothing and move the checkpoint', async () => {
    const records = recordsOf('ab');
    const { invocations, checkpoint } = await deliver(thrower, records, {
      filterCriteria: { filters: [{ pattern: { eventName: ['REMOVE'] } }] },
      parallelizationFactor: 2,
    });
    expect(invocations).toEqual([]);
    expect(checkpoint).toBe(records[1]?.dynamodb.SequenceNumber);
  });
});

describe('parallelizationFactor', () => {
  const wide = testStream<{ group: string; id: string }>({ keys: ['group'] });
  const grouped = (names: string) =>
    [...names].map((group, index) => wide.insert({ group, id: String(index) }));
  const groupsOf = (event: DynamoDBStreamEvent) =>
    event.Records.map(({ dynamodb }) => dynamodb?.Keys?.group?.S as string);

  test('a failing lane blocks itself alone, and keeps its order', async () => {
    const order: string[] = [];
    let failures = 3;
    const { invocations } = await deliver(
      (event: DynamoDBStreamEvent) => {
        const [group = ''] = groupsOf(event);
        order.push(group);
        if (group === 'a' && failures-- > 0) thrower();
      },
      grouped('abababab'),
      { parallelizationFactor: 10, batchSize: 1 },
    );
    expect(order.join('')).toBe('abbbbaaaaaa');
    expect(invocations.filter(({ outcome }) => outcome === 'failed')).toHaveLength(3);
  });

  test('items of one partition key are in separate lanes: order is kept per item', async () => {
    const stream = testStream<{ pk: string; sk: string }>({ keys: ['pk', 'sk'] });
    const records = [...'abcabcabc'].map((sk) => stream.insert({ pk: 'one', sk }));
    const batches: string[] = [];
    await deliver(
      ({ Records }: DynamoDBStreamEvent) =>
        void batches.push(Records.map(({ dynamodb }) => dynamodb?.Keys?.sk?.S).join('')),
      records,
      { parallelizationFactor: 10 },
    );
    expect(batches.toSorted()).toEqual(['aaa', 'bbb', 'ccc']);
  });

  test('records of one item stay together', async () => {
    const batches: string[] = [];
    await deliver(
      (event: DynamoDBStreamEvent) => void batches.push(groupsOf(event).join('')),
      grouped('abcabcabc'),
      { parallelizationFactor: 10 },
    );
    expect(batches.toSorted()).toEqual(['aaa', 'bbb', 'ccc']);
  });

  test('a factor of 1 is one lane', async () => {
    const batches: string[] = [];
    await deliver(
      (event: DynamoDBStreamEvent) => void batches.push(groupsOf(event).join('')),
      grouped('abc'),
      {
        parallelizationFactor: 1,
      },
    );
    expect(batches).toEqual(['abc']);
  });
});

describe('tumbling windows', () => {
  /** Records in two windows of a minute. */
  function windows() {
    const ticking = testStream<Item>({ keys: ['id'] });
    const first = ticking.insert({ id: 'a' });
    ticking.advance(60_000);
    return [first, ticking.insert({ id: 'b' }), ticking.insert({ id: 'c' })];
  }

  interface WindowEvent extends DynamoDBStreamEvent {
    state: { ids?: string };
    isFinalInvokeForWindow: boolean;
  }

  test('carry state and end with an invocation without records', async () => {
    const closed: unknown[] = [];
    const { invocations, succeeded } = await deliver(
      (event: WindowEvent) => {
        if (event.isFinalInvokeForWindow) closed.push(event.state.ids);
        return { state: { ids: (event.state.ids ?? '') + idsOf(event).join('') } };
      },
      windows(),
      { tumblingWindowInSeconds: 60 },
    );
    expect(closed).toEqual(['a', 'bc']);
    expect(invocations.map(({ sequenceNumbers, outcome }) => [sequenceNumbers.length, outcome])).toEqual([
      [1, 'succeeded'],
      [0, 'succeeded'],
      [2, 'succeeded'],
      [0, 'succeeded'],
    ]);
    expect(succeeded).toHaveLength(3);
  });

  test('a final invocation that fails is tried again, then discarded without a document', async () => {
    const { invocations, onFailure } = await deliver(
      (event: WindowEvent) => (event.isFinalInvokeForWindow ? thrower() : { state: {} }),
      windows().slice(0, 1),
      { tumblingWindowInSeconds: 60, maximumRetryAttempts: 1 },
    );
    expect(invocations.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      ['succeeded', 1],
      ['failed', 1],
      ['failed', 2],
    ]);
    expect(onFailure).toEqual([]);
  });

  test('a response without state is a failure', async () => {
    const { onFailure } = await deliver(() => ({}), windows().slice(0, 1), {
      tumblingWindowInSeconds: 60,
      maximumRetryAttempts: 0,
    });
    expect(onFailure).toHaveLength(1);
  });
});

describe('positions', () => {
  test.each(['TRIM_HORIZON', 'LATEST', undefined] as const)('%s delivers all records', async (position) => {
    const options = position === undefined ? {} : { startingPosition: position };
    expect((await deliver(() => {}, recordsOf('abc'), options)).succeeded).toHaveLength(3);
  });

  test('a mapping that is not enabled reads nothing', async () => {
    expect(await deliver(thrower, recordsOf('abc'), { enabled: false })).toEqual({
      invocations: [],
      succeeded: [],
      filtered: [],
      onFailure: [],
      errors: [],
      failures: [],
      deadLettered: [],
      checkpoint: undefined,
      elapsedMs: 0,
    });
  });

  test('no records are nothing to do', async () => {
    expect((await deliver(thrower, [])).invocations).toEqual([]);
  });
});

test('a bucket as destination gets the event', async () => {
  const records = recordsOf('a');
  const options = { maximumRetryAttempts: 0 };
  const toQueue = await deliver(thrower, records, {
    ...options,
    destinationConfig: { onFailure: { destination: 'arn:aws:sqs:us-east-1:123456789012:failed' } },
  });
  expect(toQueue.onFailure[0]).not.toHaveProperty('payload');
  const toBucket = await deliver(thrower, records, {
    ...options,
    destinationConfig: { onFailure: { destination: 'arn:aws:s3:::failed-records' } },
  });
  expect(JSON.parse(toBucket.onFailure[0]?.payload as string)).toEqual({ Records: records });
});

describe('a handler that does not settle', () => {
  const never = () => new Promise(() => {});

  test('runs into its timeout, in virtual time', async () => {
    const { invocations, errors, elapsedMs, onFailure } = await deliver(never, recordsOf('a'), {
      settleWithinMs: 10,
      timeoutSeconds: 60,
      maximumRetryAttempts: 1,
    });
    expect(invocations.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(errors).toMatchObject([{ message: expect.stringContaining('10 ms of real time') }, {}]);
    expect(elapsedMs).toBe(120_500);
    expect(onFailure).toMatchObject([{ responseContext: { functionError: 'Unhandled' } }]);
  });

  test('within a router leaves it time to report its checkpoint', async () => {
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const aborted: boolean[] = [];
    const router = streamRouter<Item>({ logger }).onInsert(async ({ newImage }, { signal }) => {
      if (newImage.id !== 'b') return;
      signal.addEventListener('abort', () => aborted.push(signal.aborted));
      await never();
    });
    const { invocations } = await deliver(router, recordsOf('abc'), {
      ...REPORT,
      settleWithinMs: 10,
      maximumRetryAttempts: 0,
    });
    expect(invocations.map(({ outcome }) => outcome)).toEqual(['partial', 'failed']);
    expect(aborted).toEqual([true, true]);
  });
});

describe('refuses', () => {
  const [record] = recordsOf('a');
  const elsewhere = testStream<Item>({ keys: ['id'] }).insert({ id: 'a' });

  test.each([
    ['an unknown option', { batchsize: 1 }, 'UNKNOWN_OPTION'],
    ['options that are none', null, 'INVALID_OPTION'],
    ['a batch size of 0', { batchSize: 0 }, 'INVALID_OPTION'],
    ['AT_TIMESTAMP', { startingPosition: 'AT_TIMESTAMP' }, 'INVALID_OPTION'],
    ['a start that is not a Date', { startedAt: 1 }, 'INVALID_OPTION'],
    ['an invalid Date', { startedAt: new Date(Number.NaN) }, 'INVALID_OPTION'],
    ['null as start', { startedAt: null }, 'INVALID_OPTION'],
    ['a delay that is not a function', { retryDelayMs: 100 }, 'INVALID_OPTION'],
    ['an ARN that is not text', { functionArn: 1 }, 'INVALID_OPTION'],
    ['a timeout beyond 90 minutes', { timeoutSeconds: 5400.001 }, 'INVALID_OPTION'],
    ['a timeout of nothing', { timeoutSeconds: 0 }, 'INVALID_OPTION'],
    ['a wait that no timer holds', { settleWithinMs: 2 ** 31 }, 'INVALID_OPTION'],
    ['a filter that is none', { filterCriteria: { filters: [{ pattern: '1' }] } }, 'INVALID_PATTERN'],
  ])('%s', async (_, options, code) => {
    await expect(deliver(() => {}, [], options as DeliverOptions)).rejects.toMatchObject({ code });
  });

  test('a handler that is not a function', async () => {
    await expect(deliver({} as never, [])).rejects.toMatchObject({ code: 'INVALID_HANDLER' });
  });

  test('records of two streams, naming both', async () => {
    await expect(deliver(() => {}, [record, elsewhere] as never)).rejects.toThrow(
      `of one stream, got ${stream.streamArn} and ${elsewhere.eventSourceARN} as eventSourceARN`,
    );
  });

  test('a handler with a callback, which Lambda refuses: it would succeed without having done anything', async () => {
    const withCallback: DynamoDBStreamHandler = (_event, _context, done) => done(new Error('too late'));
    await expect(deliver(withCallback, recordsOf('a'))).rejects.toMatchObject({
      code: 'INVALID_HANDLER',
      message: expect.stringContaining('deliver: the handler takes 3 parameters'),
    });
  });

  test.each([
    ['an event in place of records', { Records: [record] }, 'INVALID_OPTION'],
    ['a record without sequence number', [{ ...record, dynamodb: {} }], 'INVALID_SEQUENCE_NUMBER'],
    ['nothing in place of a record', [null], 'INVALID_SEQUENCE_NUMBER'],
    ['the same record twice', [record, record], 'INVALID_SEQUENCE_NUMBER'],
    ['records of two streams', [record, elsewhere], 'INVALID_OPTION'],
    [
      'a record that names no stream among those of one',
      [record, { dynamodb: { SequenceNumber: '1' } }],
      'INVALID_OPTION',
    ],
  ])('%s', async (_, records, code) => {
    await expect(deliver(() => {}, records as never)).rejects.toMatchObject({ code });
  });
});

test('records without ARN and time are delivered at the present', async () => {
  const before = Date.now();
  const { onFailure } = await deliver(thrower, [{ dynamodb: { SequenceNumber: '1' } }], {
    maximumRetryAttempts: 0,
    parallelizationFactor: 2,
  });
  expect(Date.parse(onFailure[0]?.timestamp as string)).toBeGreaterThanOrEqual(before);
  expect(onFailure[0]?.requestContext.functionArn).toBe(
    'arn:aws:lambda:us-east-1:123456789012:function:test-function',
  );
});

test.each([100, 1])(
  '10,000 records in batches of %i take under a second',
  async (batchSize) => {
    const many = testStream<{ id: string; total: number; text: string }>({ keys: ['id'] });
    const records = Array.from({ length: 10_000 }, (_, index) =>
      many.insert({ id: `item-${index % 500}`, total: index, text: 'some text of some length' }),
    );
    // The best of five: other work on the machine can only make it slower.
    let tookMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5 && tookMs >= 1000; round++) {
      const startedAt = performance.now();
      const { succeeded } = await deliver(async () => {}, records, { batchSize });
      tookMs = Math.min(tookMs, performance.now() - startedAt);
      expect(succeeded).toHaveLength(10_000);
    }
    expect(tookMs).toBeLessThan(1000);
  },
  30_000,
);

describe('retries without an end', () => {
  const failing = () => {
    throw new Error('always');
  };
  const one = () => [testStream<{ id: string }>({ keys: ['id'] }).insert({ id: 'a' })];

  test('stop with an error that says what to set, after 10,000 attempts', async () => {
    let attempts = 0;
    const counting = () => {
      attempts++;
      failing();
    };
    await expect(deliver(counting, one(), { retryDelayMs: () => 0 })).rejects.toMatchObject({
      code: 'ENDLESS_RETRIES',
      message: expect.stringMatching(/Set maximumRetryAttempts, or let retryDelayMs return longer delays\.$/),
    });
    expect(attempts).toBe(10_000);
  });

  test('stop in the final invocation of a window, too', async () => {
    const delivery = deliver(
      ({ isFinalInvokeForWindow }: { isFinalInvokeForWindow: boolean }) =>
        isFinalInvokeForWindow ? failing() : { state: {} },
      one(),
      { retryDelayMs: () => 0, tumblingWindowInSeconds: 60 },
    );
    await expect(delivery).rejects.toMatchObject({ code: 'ENDLESS_RETRIES' });
  });

  test('go on for 24 hours with the default delays, and for 10,001 attempts where the options say so', async () => {
    const day = await deliver(failing, one());
    expect(day.onFailure).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
    const set = await deliver(failing, one(), { retryDelayMs: () => 0, maximumRetryAttempts: 10_000 });
    expect(set.invocations).toHaveLength(10_001);
  });
});

test.each([
  ['up to 6 MB and 100 bytes', 6 * 1024 * 1024 + 100, 'succeeded'],
  ['of a byte more', 6 * 1024 * 1024 + 101, 'failed'],
])('a response %s %#: %s bytes have %s', async (_name, bytes, outcome) => {
  const records = [testStream<{ id: string }>({ keys: ['id'] }).insert({ id: 'a' })];
  const text = 'x'.repeat(bytes - 2);
  const { invocations, errors } = await deliver(() => text, records, { maximumRetryAttempts: 0 });
  expect(invocations).toMatchObject([{ outcome }]);
  expect(errors.map((error) => (error as Error).message)).toEqual(
    outcome === 'failed'
      ? ['Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes).']
      : [],
  );
});
