import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { retry } from '../../src/middleware/retry.ts';
import {
  type CreateSinkOptions,
  createSink,
  publishTo,
  type RequestContext,
  type RequestOutcome,
  type SendOptions,
  type Sink,
} from '../../src/sinks/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';
import { eventually } from '../fixtures/eventually.ts';
import { HOSTILE } from '../fixtures/hostile.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';
import { UNFINISHED } from '../fixtures/unfinished.ts';
import { failuresOf, recordOf, upTo } from './sink-harness.ts';

type Request = (entries: readonly string[], context: RequestContext) => unknown;

const accept: Request = async () => 'accepted';

/** A sink whose requests are kept, with what an answer says of each. */
function sinkOf(request: Request, more: Partial<CreateSinkOptions<unknown>> = {}) {
  const requests: (readonly string[])[] = [];
  const sink = createSink({
    target: 'https://example.com/invoices',
    maxEntries: 10,
    maxBytes: 1000,
    request: (entries, context) => {
      requests.push([...entries]);
      return request(entries, context) as Promise<RequestOutcome>;
    },
    ...more,
  });
  const send = (message: unknown, item = `${message}`, options: object = {}): Promise<void> =>
    sink.send(message, { record: recordOf(item), ...options });
  return { sink, send, requests };
}

afterEach(() => vi.unstubAllEnvs());

describe('what request gets', () => {
  test('are the messages as JSON, in the order that they were sent in, and target and signal', async () => {
    vi.stubEnv('SEARCH_URL', 'https://search.example.com');
    let context: RequestContext | undefined;
    const { send, requests, sink } = sinkOf(
      async (_, given) => {
        context = given;
        return 'accepted';
      },
      { target: { environmentVariable: 'SEARCH_URL' } },
    );
    await Promise.all([send({ a: new Set([1]) }), send('text'), send(null), send([12n])]);
    expect(requests).toEqual([['{"a":[1]}', '"text"', 'null', '["12"]']]);
    expect(context).toMatchObject({
      target: 'https://search.example.com',
      signal: expect.any(AbortSignal),
    });
    expect(sink.target).toBe('https://search.example.com');
  });

  test('are what entryOf makes of the messages and their options, at the time they are sent', async () => {
    const entries: unknown[] = [];
    const sink = createSink({
      target: 'stream',
      maxEntries: 10,
      maxBytes: 100,
      entryOf: ({ id }: { id: string }, { record, urgent }: SendOptions & { urgent?: boolean }) => ({
        PartitionKey: record?.sequenceNumber ?? 'none',
        Data: Buffer.from(urgent ? `${id}!` : id),
      }),
      request: async (made) => {
        entries.push(...made);
        return 'accepted';
      },
    });
    const message = { id: 'before' };
    const sent = sink.send(message, { detached: true, urgent: true });
    message.id = 'after';
    await sent;
    expect(entries).toEqual([{ PartitionKey: 'none', Data: Buffer.from('before!') }]);
  });

  test('is a list of its own for each request, whatever the one before has done to it', async () => {
    let calls = 0;
    const { send, requests } = sinkOf(async (entries) => {
      (entries as string[]).sort().reverse();
      const outcomes = entries.map(() =>
        calls === 0 ? { code: 'Busy', retryable: true } : ('accepted' as const),
      );
      (entries as string[]).length = 0;
      calls++;
      return outcomes;
    });
    await Promise.all(upTo(3).map((number) => send(number)));
    expect(requests).toEqual([
      ['0', '1', '2'],
      ['0', '1', '2'],
    ]);
  });
});

describe('an outcome', () => {
  test('fails its own entry only: accepted, refused for now, refused for good, not mentioned', async () => {
    const seen = new Map<string, number>();
    const { send, requests } = sinkOf(async (entries) =>
      entries.map((entry) => {
        const times = (seen.get(entry) ?? 0) + 1;
        seen.set(entry, times);
        if (entry === '3') return { code: 'mapper_parsing_exception', retryable: false };
        if (entry === '5' && times < 3) return { code: 'Busy', retryable: true };
        return entry === '7' && times < 2 ? undefined : 'accepted';
      }),
    );
    const failures = await failuresOf(upTo(10).map((number) => send(number)));
    expect([...failures]).toEqual([
      [
        3,
        expect.objectContaining({
          name: 'SinkError',
          code: 'SINK_ENTRY_REFUSED',
          retryable: false,
          target: 'https://example.com/invoices',
          message: expect.stringContaining('mapper_parsing_exception'),
        }),
      ],
    ]);
    expect(requests).toEqual([upTo(10).map(String), ['5', '7'], ['5']]);
  });

  test('that may be accepted later fails after its attempts, and stays retryable', async () => {
    const { send, requests } = sinkOf(
      async (entries) => entries.map(() => ({ code: 'Busy', retryable: true })),
      { attempts: 3 },
    );
    await expect(send(1)).rejects.toMatchObject({ code: 'SINK_ENTRY_REFUSED', retryable: true });
    expect(requests).toHaveLength(3);
  });

  test('quotes nothing of its cause', async () => {
    const cause = Object.assign(new Error('hunter2'), { name: 'BulkError', item: 'hunter2' });
    const { send } = sinkOf(async () => [{ code: 'X', retryable: false, cause }]);
    const [error] = (await failuresOf([send('a')])).values();
    expect(error).toMatchObject({ cause: { name: 'BulkError' } });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('hunter2');
  });
});

describe('a result that says nothing of an entry accepts nothing, and makes no dead letter', () => {
  const hostile = new Proxy([], {
    get() {
      throw new Error('hunter2');
    },
  });
  test.each<[string, Request]>([
    ['too few outcomes', async (entries) => entries.slice(1).map(() => 'accepted')],
    ['too many outcomes', async (entries) => [...entries, ''].map(() => 'accepted')],
    ['no outcomes', async () => []],
    ['undefined', async () => undefined],
    ['null', async () => null],
    ['true', async () => true],
    ['text', async () => 'ok'],
    ['a map', async (entries) => new Map(entries.map((entry) => [entry, 'accepted']))],
    ['a value that is not a promise', () => 'fine'],
    ['outcomes of another kind', async (entries) => entries.map(() => true)],
    ['outcomes that are null', async (entries) => entries.map(() => null)],
    ['outcomes without a code', async (entries) => entries.map(() => ({ retryable: false }))],
    ['outcomes without retryable', async (entries) => entries.map(() => ({ code: 'X' }))],
    ['outcomes that are promises', async (entries) => entries.map(async () => 'accepted')],
    ['outcomes that are promises which reject', async (entries) => entries.map(() => Promise.reject(1))],
    ['a list that throws when it is read', async () => hostile],
  ])('%s', async (_, request) => {
    const { sink, requests } = sinkOf(request, { requestTimeoutMs: 5000 });
    const letters: unknown[] = [];
    const logger = memoryLogger();
    const router = streamRouter<{ id: string }>({ logger })
      .use(
        deadLetter(
          { target: 'letters', send: async (letter) => void letters.push(letter) },
          { when: 'exhausted' },
        ),
      )
      .use(retry({ attempts: 2, backoff: { minMs: 0, maxMs: 0 } }))
      .onInsert(publishTo(sink, ({ keys }) => keys.id));
    const response = await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf(60_000));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    expect(letters).toEqual([]);
    const [failure] = logger.entries.filter(({ message }) => message === 'Record failed');
    expect(failure?.fields.error).toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: false });
    expect(inspect(logger.entries, { depth: 9 })).not.toContain('hunter2');
    expect(requests.length).toBeLessThanOrEqual(12);
  });

  test('a list with a hole sends that entry again', async () => {
    const { send, requests } = sinkOf(async (entries) => {
      if (entries.length === 1) return ['accepted'];
      const outcomes = new Array(entries.length);
      outcomes[0] = 'accepted';
      return outcomes;
    });
    await Promise.all([send('a'), send('b')]);
    expect(requests).toEqual([['"a"', '"b"'], ['"b"']]);
  });

  test('the error names the fault of the result, and asks to correct the function', async () => {
    const { send } = sinkOf(async () => ['accepted', 'accepted']);
    await expect(send(1)).rejects.toThrow(
      /request has to return one outcome for each entry, got 2 outcomes\. Correct the request function/,
    );
    const other = sinkOf(async () => [Promise.resolve('accepted')]);
    await expect(other.send(1)).rejects.toThrow(/createSink: request returned promises within another value/);
  });
});

describe('a throw', () => {
  test.each<[string, unknown]>([
    ['an error', new Error('hunter2')],
    ['a bug', new TypeError('hunter2')],
    ['undefined', undefined],
    ['null', null],
    ['zero', 0],
    ['false', false],
    ['an empty text', ''],
    ['text', 'hunter2'],
    ['status 400', Object.assign(new Error('hunter2'), { status: 400 })],
  ])('of %s fails the records, and is never permanent, even if others pass', async (_, thrown) => {
    const { send } = sinkOf(async (entries) => {
      if (entries.includes('3')) throw thrown;
      return 'accepted';
    });
    const failures = await failuresOf(upTo(10).map((number) => send(number)));
    expect([...failures.keys()]).toEqual([3]);
    const [error] = failures.values();
    expect(error).toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: false });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('hunter2');
  });

  test('before a promise is made counts as well', async () => {
    const { send } = sinkOf(() => {
      throw undefined;
    });
    await expect(send(1)).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: false });
  });

  test('of everything ends soon, and blames the target', async () => {
    const { send, requests } = sinkOf(async () => {
      throw new Error('down');
    });
    const failures = await failuresOf(upTo(100).map((number) => send(number)));
    expect(failures.size).toBe(100);
    for (const error of failures.values()) {
      expect(error).toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: false });
    }
    expect(requests.length).toBeLessThan(220);
  });

  test('that says it may be tried again is, with all entries', async () => {
    let calls = 0;
    const { send, requests } = sinkOf(async () => {
      if (++calls < 3) throw Object.assign(new Error('busy'), { status: 503 });
      return 'accepted';
    });
    await Promise.all(upTo(3).map((number) => send(number)));
    expect(requests).toEqual(upTo(3).map(() => ['0', '1', '2']));
  });
});

describe('time', () => {
  test('a request that never settles is made again after its timeout', async () => {
    let calls = 0;
    const { send, requests } = sinkOf(() => (++calls === 1 ? new Promise(() => {}) : 'accepted'), {
      requestTimeoutMs: 50,
    });
    await send(1);
    expect(requests).toHaveLength(2);
  });

  test('one that never settles ends with the deadline of its records, and its signal aborts', async () => {
    let signal: AbortSignal | undefined;
    const { sink } = sinkOf((_, context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    const router = streamRouter<{ id: string }>({ logger: quietLogger(), reserveMs: 100 }).onInsert(
      publishTo(sink, ({ keys }) => keys.id),
    );
    const response = await router(eventOf({ id: 'a' }), contextOf(250));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
    await eventually(() => expect(signal?.aborted).toBe(true));
  });

  test('an answer after the deadline changes nothing, and delays no other message', async () => {
    let answer = (_: RequestOutcome): void => {};
    const { send, requests } = sinkOf(
      (entries) => (entries.includes('1') ? new Promise((resolve) => (answer = resolve)) : 'accepted'),
      { concurrency: 1 },
    );
    const deadline = new AbortController();
    const late = failuresOf([send(1, 'item', { signal: deadline.signal })]);
    await eventually(() => expect(requests).toHaveLength(1));
    const behind = send(2, 'item');
    deadline.abort();
    expect((await late).get(0)).toMatchObject({ code: 'SINK_DEADLINE', retryable: true });
    await behind;
    answer('accepted');
    await send(3, 'item');
    expect(requests).toEqual([['1'], ['2'], ['3']]);
  });

  test('two invocations in one request end on their own', async () => {
    const answers: ((outcome: RequestOutcome) => void)[] = [];
    let signal: AbortSignal | undefined;
    const { send } = sinkOf((_, context) => {
      signal = context.signal;
      return new Promise((resolve) => answers.push(resolve));
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [
      send(1, 'a', { record: recordOf('a', { deadlineSignal: first.signal }) }),
      send(2, 'b', { record: recordOf('b', { deadlineSignal: second.signal }) }),
    ];
    const failed = failuresOf(calls);
    await eventually(() => expect(answers).toHaveLength(1));
    first.abort();
    await expect(calls[0]).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    expect(signal?.aborted).toBe(false);
    answers[0]?.('accepted');
    expect([...(await failed).keys()]).toEqual([0]);
  });
});

describe('size', () => {
  const sized = (bytes: number, fill = 'x'): string => fill.repeat(bytes - '""'.length);

  test('of exactly maxBytes is sent; one byte more fails alone, at once', async () => {
    const { send, requests } = sinkOf(accept);
    const failures = await failuresOf([send(sized(1000)), send(sized(1001)), send('a'), send('b')]);
    expect([...failures]).toEqual([
      [1, expect.objectContaining({ code: 'SINK_MESSAGE_TOO_LARGE', retryable: false })],
    ]);
    expect(requests.map((entries) => entries.length)).toEqual([1, 2]);
  });

  test('is that of UTF-8', async () => {
    const { send } = sinkOf(accept);
    await send('é'.repeat(499));
    await expect(send('é'.repeat(500))).rejects.toMatchObject({ code: 'SINK_MESSAGE_TOO_LARGE' });
  });

  test('of an entry has a limit of its own', async () => {
    const { send } = sinkOf(accept, { maxEntryBytes: 10 });
    await send(sized(10));
    await expect(send(sized(11))).rejects.toMatchObject({ code: 'SINK_MESSAGE_TOO_LARGE' });
  });

  test('never adds up to more than maxBytes, nor to more than maxEntries', async () => {
    const { send, requests } = sinkOf(accept, { concurrency: 1 });
    await Promise.all(upTo(200).map((number) => send(sized(20 + ((number * 37) % 400)), `${number}`)));
    for (const entries of requests) {
      expect(entries.length).toBeLessThanOrEqual(10);
      expect(entries.join('').length).toBeLessThanOrEqual(1000);
    }
    expect(requests.flat()).toHaveLength(200);
  });

  test.each([
    [new Uint8Array(7), 7],
    ['é', 2],
    [{ a: 'é' }, 10],
  ])('of the entry %j is %i bytes, unless bytesOf counts otherwise', async (entry, bytes) => {
    const make = (maxBytes: number, bytesOf?: () => number) =>
      createSink({
        target: 't',
        maxEntries: 1,
        maxBytes,
        entryOf: () => entry,
        ...(bytesOf && { bytesOf }),
        request: async () => 'accepted',
      });
    await make(bytes).send('', { detached: true });
    await make(1, () => 1).send('', { detached: true });
    const small = make(bytes - 1).send('', { detached: true });
    await expect(small).rejects.toMatchObject({ code: 'SINK_MESSAGE_TOO_LARGE' });
  });
});

describe('order', () => {
  test('of an item holds while its messages are sent again, and other items pass by', async () => {
    const arrived: string[] = [];
    const tries = new Map<string, number>();
    const { send } = sinkOf(async (entries) => {
      const outcomes = entries.map((entry) => {
        const times = (tries.get(entry) ?? 0) + 1;
        tries.set(entry, times);
        if (Number(entry) % 3 === 0 && times < 3) return { code: 'Busy', retryable: true };
        arrived.push(entry);
        return 'accepted';
      });
      return outcomes;
    });
    await Promise.all(upTo(40).map((number) => send(number, `item-${number % 4}`)));
    for (const item of upTo(4)) {
      const own = arrived.map(Number).filter((number) => number % 4 === item);
      expect(own).toEqual(upTo(40).filter((number) => number % 4 === item));
    }
  });

  test.each<[string, Partial<CreateSinkOptions<unknown>>, object, number]>([
    ['is that of the item', {}, {}, 3],
    ['is none for messages without a record', {}, { record: undefined, detached: true }, 1],
    ['is that of orderBy', { orderBy: (message) => `${Number(message) % 2}` }, {}, 2],
    ['is none where orderBy gives none', { orderBy: () => undefined }, {}, 1],
  ])('%s', async (_, more, options, expected) => {
    const { send, requests } = sinkOf(accept, more);
    await Promise.all(upTo(3).map((number) => send(number, 'item', options)));
    expect(requests).toHaveLength(expected);
  });

  test('tells apart items of two tables with the same keys', async () => {
    const { sink, requests } = sinkOf(accept);
    await Promise.all(['A', 'B'].map((tableName) => sink.send(1, { record: recordOf('x', { tableName }) })));
    expect(requests).toHaveLength(1);
  });
});

test('10,000 messages at once travel in full requests, each once', { timeout: 60_000 }, async () => {
  const { send, requests } = sinkOf(async () => 'accepted', { maxEntries: 100, maxBytes: 100_000 });
  await Promise.all(upTo(10_000).map((number) => send(number)));
  expect(requests).toHaveLength(100);
  expect(new Set(requests.flat()).size).toBe(10_000);
});

test('a record whose entry is refused for good is put aside, and its neighbours are not', async () => {
  const { sink } = sinkOf(async (entries) =>
    entries.map((entry) => (entry.includes('b') ? { code: 'Bad', retryable: false } : 'accepted')),
  );
  const letters: unknown[] = [];
  const letterSink = createSink({
    target: 'letters',
    maxEntries: 10,
    maxBytes: 100_000,
    request: async (entries) => {
      letters.push(...entries);
      return 'accepted';
    },
  });
  const router = streamRouter<{ id: string }>({ logger: quietLogger() })
    .use(deadLetter(letterSink))
    .onInsert(publishTo(sink, ({ keys }) => keys.id));
  const response = await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf(60_000));
  expect(response).toEqual({ batchItemFailures: [] });
  expect(letters).toEqual([expect.stringContaining('"Keys":{"id":{"S":"b"}}')]);
});

describe('options', () => {
  const required = { target: 'https://example.com', maxEntries: 10, maxBytes: 1000, request: accept };
  const makeOf = (options: unknown) => (): Sink => createSink(options as CreateSinkOptions<unknown>);

  test('that are required are enough', () => {
    expect(makeOf(required)()).toMatchObject({ target: 'https://example.com' });
  });

  test.each(Object.keys(required))('need %s', (option) => {
    expect(makeOf({ ...required, [option]: undefined })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        owner: 'createSink',
        option,
        message: expect.stringContaining(`createSink: ${option} is missing`),
      }),
    );
  });

  test.each([
    ['target', ''],
    ['target', 1],
    ['maxEntries', 0],
    ['maxEntries', 10_001],
    ['maxEntries', 1.5],
    ['maxBytes', 0],
    ['maxBytes', 2 ** 30 + 1],
    ['maxEntryBytes', 0],
    ['maxEntryBytes', 1001],
    ['request', 'POST'],
    ['entryOf', {}],
    ['bytesOf', 1],
    ['orderBy', 'id'],
    ['concurrency', 101],
    ['attempts', 0],
    ['requestTimeoutMs', 0],
  ])('are checked: %s: %j', (option, value) => {
    expect(makeOf({ ...required, [option]: value })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(`createSink: ${option} has to be`),
      }),
    );
  });

  test.each(['client', 'maxentries', 'deduplicate'])('that do not exist are refused: %s', (option) => {
    expect(makeOf({ ...required, [option]: 1 })).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }));
  });

  test('have to be an object', () => {
    expect(makeOf(undefined)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  test.each<[string, object]>([
    ['bytesOf', { bytesOf: () => Number.NaN }],
    ['bytesOf', { bytesOf: () => -1 }],
    ['bytesOf', { bytesOf: () => Number.POSITIVE_INFINITY }],
    ['bytesOf', { bytesOf: async () => 1 }],
    ['orderBy', { orderBy: () => 1 }],
    ['orderBy', { orderBy: async () => 'a' }],
    ['entryOf', { entryOf: async () => 'a' }],
    ['entryOf', { entryOf: () => Promise.reject(new Error('hunter2')) }],
    ['entryOf', { entryOf: () => Promise.reject(1), bytesOf: (entry: string) => entry.trim().length }],
    ['bytesOf', { bytesOf: () => Promise.reject(new Error('hunter2')) }],
    ['orderBy', { orderBy: () => Promise.reject(new Error('hunter2')) }],
  ])('that return what they may not fail the message: %s %o', async (option, more) => {
    const sink = makeOf({ ...required, ...more })();
    await expect(sink.send('hunter2', { detached: true })).rejects.toMatchObject({
      code: 'INVALID_RESULT',
      owner: 'createSink',
      option,
    });
  });

  test('that throw reject the call, with what they have thrown', async () => {
    const thrown = new Error('mine');
    const sink = makeOf({
      ...required,
      entryOf: () => {
        throw thrown;
      },
    })();
    await expect(sink.send(1, { detached: true })).rejects.toBe(thrown);
  });
});

test('a message needs its record, or detached: true', async () => {
  const { sink, requests } = sinkOf(accept);
  await expect(sink.send(1, undefined as never)).rejects.toMatchObject({ code: 'RECORD_REQUIRED' });
  await expect(sink.send(undefined, { detached: true })).rejects.toMatchObject({
    code: 'INVALID_MESSAGE',
    owner: 'createSink',
  });
  expect(requests).toEqual([]);
});

test('a variable that is not set fails the message, and names it', async () => {
  const { send, sink } = sinkOf(accept, { target: { environmentVariable: 'NOT_SET_URL' } });
  expect(sink.target).toBe("env('NOT_SET_URL')");
  await expect(send(1)).rejects.toMatchObject({
    code: 'MISSING_ENVIRONMENT_VARIABLE',
    message: expect.stringContaining('createSink: target'),
  });
});

describe.each(HOSTILE)('%s', (_, hostile) => {
  test('that request throws fails its own messages, and the sink continues', async () => {
    let calls = 0;
    const { send } = sinkOf(async () => {
      if (++calls === 1) throw hostile;
      return 'accepted';
    });
    await expect(send(1)).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED' });
    await send(2);
  });

  test('in place of an outcome accepts nothing', async () => {
    const { send } = sinkOf(async () => [hostile]);
    await expect(send(1)).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED' });
  });
});

test.each(UNFINISHED)('an entry is not %s', async (_, made) => {
  const requests: unknown[] = [];
  const sink = createSink({
    target: 't',
    maxEntries: 1,
    maxBytes: 100,
    entryOf: made,
    request: async (entries) => {
      requests.push(entries);
      return 'accepted';
    },
  });
  await expect(sink.send(1, { detached: true })).rejects.toMatchObject({
    code: 'INVALID_RESULT',
    owner: 'createSink',
    option: 'entryOf',
    problem: 'has to return the entry itself, got promises or an iterator.',
  });
  expect(requests).toEqual([]);
});

test.each([
  [Number.NaN, 'NaN'],
  [-1, '-1'],
  ['5', 'a string'],
])('bytesOf that returns %j is named with it', async (bytes, came) => {
  const { send } = sinkOf(accept, { bytesOf: () => bytes as number });
  await expect(send('hunter2')).rejects.toMatchObject({
    problem: `has to return a number of bytes from 0, got ${came}.`,
  });
});
