import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, Context, DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import {
  ConfigurationError,
  DeadLetterError,
  defineTable,
  InvalidRecordError,
  itemOf,
  type RecordMiddleware,
  type StreamRouter,
  streamRouter,
} from '../../src/index.ts';
import {
  type DeadLetter,
  type DeadLetterOptions,
  deadLetter,
  parseDeadLetter,
} from '../../src/middleware/dead-letter.ts';
import { retry } from '../../src/middleware/retry.ts';
import { validate } from '../../src/middleware/validate.ts';
import { replay } from '../../src/replay/index.ts';
import { requestFailed, targetFailed, tooLarge } from '../../src/sinks/batcher/sink-errors.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import type { SendOptions, Sink } from '../../src/sinks/sink.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import {
  contextOf,
  eventOf,
  memoryLogger,
  type RecordSketch,
  recordOf,
  sequenceNumberAt,
} from '../fixtures/events.ts';

const NOT_FAILED = { batchItemFailures: [] };
const failedAt = (index: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(index) }] });
const declined = Object.assign(new Error('declined'), { retryable: false });
const busy = new Error('busy');
const FALSY = [undefined, null, 0, '', false];

/** A sink that keeps what it is sent, or fails on demand. For faults; the real sinks are below. */
function memorySink(fault?: () => unknown): Sink & { letters: DeadLetter[]; options: SendOptions[] } {
  const letters: DeadLetter[] = [];
  const options: SendOptions[] = [];
  return {
    target: 'memory',
    letters,
    options,
    async send(message, given) {
      options.push(given);
      await fault?.();
      letters.push(parseDeadLetter(JSON.stringify(message)));
    },
  };
}

const refusing = (error: unknown) => () => {
  throw error;
};

/** A router that runs this handler for each insert, behind `deadLetter`. */
function routerOf(
  sink: Sink,
  options: DeadLetterOptions | undefined,
  handler: () => unknown,
  ...within: readonly RecordMiddleware<never>[]
) {
  const logger = memoryLogger();
  const router = streamRouter({ logger }).use(deadLetter(sink, options));
  for (const layer of within) router.use(layer as never);
  router.onInsert(handler);
  return { router, logger };
}

/** Returns the record's error from the log. */
function failureIn(logger: ReturnType<typeof memoryLogger>): DeadLetterError {
  return logger.entries.find(({ message }) => message === 'Record failed')?.fields.error as DeadLetterError;
}

const throws = (thrown: unknown) => () => {
  throw thrown;
};
const rejects = (thrown: unknown) => async () => {
  throw thrown;
};

describe('deadLetter', () => {
  test('sends a record that failed for good, whole, and the record counts as handled', async () => {
    const sink = memorySink();
    const { router } = routerOf(sink, undefined, rejects(declined));
    const event = eventOf({ newImage: { secret: { S: 'hunter2' } } });
    const context = lambdaContext({ functionName: 'invoices', awsRequestId: 'request-1' });
    expect(await router(event, context)).toEqual(NOT_FAILED);
    expect(sink.letters).toMatchObject([
      {
        error: { name: 'Error', message: 'declined', retryable: false },
        function: { name: 'invoices', version: '$LATEST', requestId: 'request-1' },
        record: event.Records[0],
      },
    ]);
  });

  describe('with a table with entities', () => {
    const app = defineTable({
      name: 'Invoices',
      keys: ['id'],
      entities: { order: { item: itemOf<object>(), match: { type: 'ORDER' } } },
    });
    const ofType = (type: string) => ({ newImage: { type: { S: type } } });
    const handled = async (record: DynamoDBRecord, options: { unknownEntity?: 'fail' } = {}) => {
      const sink = memorySink();
      const logger = memoryLogger();
      const messages: unknown[] = [];
      const note = (message: unknown): void => void messages.push(message);
      subscribe('streamlane:record-failed', note);
      try {
        const router = streamRouter(app, { logger, ...options })
          .use(deadLetter(sink))
          .use((_record, _context, next) =>
            options.unknownEntity === undefined ? throws(declined)() : next(),
          )
          .onInsert(() => undefined);
        expect(await router({ Records: [record] }, contextOf())).toEqual(NOT_FAILED);
      } finally {
        unsubscribe('streamlane:record-failed', note);
      }
      const logged = logger.entries.find(({ message }) => message === 'Record sent to the dead letters');
      return { letter: sink.letters[0], logged: logged?.fields, message: messages[0] };
    };

    test('letter, log and message name the entity', async () => {
      const { letter, logged, message } = await handled(recordOf(ofType('ORDER')));
      expect(letter).toHaveProperty('entity', 'order');
      expect(logged).toHaveProperty('entity', 'order');
      expect(message).toMatchObject({ outcome: 'deadLettered', entity: 'order' });
    });

    test('they go without for a record of no entity, which gets a letter where such records fail', async () => {
      const { letter, logged, message } = await handled(recordOf(ofType('OTHER')), { unknownEntity: 'fail' });
      expect(letter).toMatchObject({ error: { code: 'UNKNOWN_ENTITY' } });
      for (const each of [letter, logged, message]) expect(each).not.toHaveProperty('entity');
    });

    test('a record whose entity is unknown gets all three as well', async () => {
      const record = recordOf(ofType('ORDER'));
      const dynamodb = { ...record.dynamodb, NewImage: undefined as never };
      const { letter, logged, message } = await handled({ ...record, dynamodb });
      expect(letter).toBeDefined();
      expect(logged).toMatchObject({ eventID: record.eventID });
      expect(message).toMatchObject({ outcome: 'deadLettered' });
      for (const each of [letter, logged, message]) expect(each).not.toHaveProperty('entity');
    });

    test('a replayed letter belongs to its entity again, and its new letter names it', async () => {
      const { letter } = await handled(recordOf(ofType('ORDER')));
      const sink = memorySink();
      const seen: unknown[] = [];
      const router = streamRouter(app, { logger: false })
        .use(deadLetter(sink))
        .entity('order', (orders) =>
          orders.onInsert(({ entity }) => {
            seen.push(entity);
            throw declined;
          }),
        );
      await replay({ documents: [JSON.stringify(letter)], handler: router });
      expect(seen).toEqual(['order']);
      expect(sink.letters).toMatchObject([{ id: letter?.id, entity: 'order' }]);
    });
  });

  test('lets the records after it continue, in order', async () => {
    const handled: string[] = [];
    const sink = memorySink();
    const router = streamRouter({ logger: memoryLogger() })
      .use(deadLetter(sink))
      .onInsert(async ({ sequenceNumber }) => {
        if (sequenceNumber === sequenceNumberAt(0)) throw declined;
        handled.push(sequenceNumber);
      });
    const event = eventOf({ id: 'a' }, { id: 'a' }, { id: 'b' });
    expect(await router(event, contextOf())).toEqual(NOT_FAILED);
    expect(handled.sort()).toEqual([1, 2].map(sequenceNumberAt));
    expect(sink.letters).toHaveLength(1);
  });

  test('a dead letter is counted apart from what succeeded', async () => {
    const summaries: unknown[] = [];
    const router = streamRouter<{ id: string }>({
      logger: false,
      onBatch: (summary) => summaries.push(summary),
    })
      .use(deadLetter(memorySink()))
      .onInsert(({ newImage }) => {
        if (newImage.id === 'b') throw declined;
      });
    await router(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf());
    expect(summaries).toEqual([
      expect.objectContaining({
        records: 3,
        succeeded: 2,
        failed: 0,
        deadLettered: 1,
        checkpoint: undefined,
      }),
    ]);
  });

  test('does nothing to a record that succeeds, not even with a promise', () => {
    const layer = deadLetter(memorySink());
    expect(layer({} as never, {} as never, () => undefined)).toBeUndefined();
  });

  test('hands the record and the deadline to the sink', async () => {
    const sink = memorySink();
    const { router } = routerOf(sink, undefined, throws(declined));
    await router(eventOf({ id: 'INV-1' }), contextOf());
    expect(sink.options).toEqual([{ record: expect.anything(), signal: expect.any(AbortSignal) }]);
    expect(sink.options[0]?.record).toMatchObject({
      keys: { id: 'INV-1' },
      sequenceNumber: sequenceNumberAt(0),
    });
  });

  test('gives the sink Keys as they came where they cannot be unmarshalled', async () => {
    const sink = memorySink();
    const { router } = routerOf(sink, undefined, throws(declined));
    const event = eventOf({});
    const Keys = { id: { X: 'no type' } } as unknown as Record<string, AttributeValue>;
    Object.assign(event.Records[0]?.dynamodb as object, { Keys });
    expect(await router(event, contextOf())).toEqual(NOT_FAILED);
    expect(sink.options[0]?.record).toEqual({
      eventName: 'INSERT',
      eventID: expect.any(String),
      sequenceNumber: sequenceNumberAt(0),
      tableName: 'Invoices',
      keys: Keys,
    });
  });

  test('works without a Lambda context', async () => {
    const sink = memorySink();
    const { router } = routerOf(sink, undefined, throws(declined));
    expect(await router(eventOf({}))).toEqual(NOT_FAILED);
    expect(sink.letters[0]?.function).toEqual({ name: '', version: '', requestId: '' });
  });

  test('logs which record went where and why, and nothing of the item', async () => {
    const { router, logger } = routerOf(memorySink(), undefined, throws(declined));
    await router(eventOf({ newImage: { secret: { S: 'hunter2' } } }), contextOf());
    expect(logger.entries.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: 'Record sent to the dead letters',
        fields: {
          eventID: expect.any(String),
          sequenceNumber: sequenceNumberAt(0),
          tableName: 'Invoices',
          eventName: 'INSERT',
          target: 'memory',
          error: declined,
        },
      },
    ]);
    expect(JSON.stringify(logger.entries)).not.toContain('hunter2');
  });

  test('does not need the logger to work', async () => {
    const sink = memorySink();
    const refuse = throws(new Error('no disk'));
    const logger = { debug: refuse, info: refuse, warn: refuse, error: refuse };
    const router = streamRouter({ logger }).use(deadLetter(sink)).onInsert(throws(declined));
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(sink.letters).toHaveLength(1);
  });
});

const schema = z.object({ id: z.string(), total: z.number() });
const malformed: RecordSketch = { newImage: { total: { N: 'twelve' } } };
const misfit: RecordSketch = { newImage: { total: { S: 'twelve' } } };
const table = (item: z.ZodType<{ id: string; total: number }>) =>
  defineTable({ name: 'Invoices', item, keys: ['id'] });

describe('what goes at once', () => {
  const logger = memoryLogger();
  const routers: readonly [
    string,
    (layer: RecordMiddleware<never>) => StreamRouter<never, never, never>,
    RecordSketch | 'absent',
  ][] = [
    [
      'an attribute that a handler cannot read',
      (layer) =>
        streamRouter<{ total: number }>({ logger })
          .use(layer as never)
          .onInsert(({ newImage }) => void newImage.total) as never,
      malformed,
    ],
    [
      "an image that the table's schema refuses",
      (layer) =>
        streamRouter(table(schema), { logger })
          .use(layer as never)
          .onInsert(() => undefined) as never,
      misfit,
    ],
    [
      'an image that an asynchronous schema refuses',
      (layer) =>
        streamRouter(table(schema.refine(async () => true)), { logger })
          .use(layer as never)
          .onInsert(() => undefined) as never,
      misfit,
    ],
    [
      'an image that validate refuses',
      (layer) =>
        streamRouter({ logger })
          .use(layer as never)
          .use(validate(schema))
          .onInsert(() => undefined) as never,
      misfit,
    ],
    [
      'an image that is not there',
      (layer) =>
        streamRouter<{ total: number }>({ logger })
          .use(layer as never)
          .onInsert(({ newImage }) => void newImage.total) as never,
      'absent',
    ],
    [
      'a message that is too large for its sink',
      (layer) =>
        streamRouter({ logger })
          .use(layer as never)
          .onInsert(rejects(tooLarge('queue', 2_000_000, 1_048_576))) as never,
      {},
    ],
  ];

  test.each(routers)('%s', async (_, make, sketch) => {
    const sink = memorySink();
    const event = eventOf(sketch === 'absent' ? {} : sketch);
    if (sketch === 'absent') delete event.Records[0]?.dynamodb?.NewImage;
    expect(await make(deadLetter(sink) as never)(event, contextOf())).toEqual(NOT_FAILED);
    expect(sink.letters).toMatchObject([{ error: { retryable: false }, record: event.Records[0] }]);
  });
});

const NO_PERMISSION = targetFailed('queue', { code: 'AccessDenied', fault: 'target' });

describe('what does not go unless asked for', () => {
  test.each<[string, unknown]>([
    ['an ordinary error', busy],
    ['an error that says retryable: true', Object.assign(new Error('throttled'), { retryable: true })],
    ...FALSY.map((value) => [`throw ${JSON.stringify(value)}`, value] as [string, unknown]),
  ])('%s fails the record, itself', async (_, thrown) => {
    for (const handler of [throws(thrown), rejects(thrown)]) {
      const sink = memorySink();
      const { router, logger } = routerOf(sink, undefined, handler);
      expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
      expect(sink.letters).toEqual([]);
      const entry = logger.entries.find(({ message }) => message === 'Record failed');
      expect(entry?.fields.error).toBe(thrown);
    }
  });

  test.each<[string, unknown]>([
    ['a ConfigurationError', new ConfigurationError('ASYNC_CONDITION', 'The condition waits.')],
    ['a sink without permission', NO_PERMISSION],
    [
      'an error of the handler about such a sink',
      Object.assign(new Error('not announced', { cause: NO_PERMISSION }), { retryable: false }),
    ],
    ['one of several errors', new AggregateError([new Error('busy'), NO_PERMISSION], 'two calls failed')],
    ['an error about several', new Error('two', { cause: new AggregateError([NO_PERMISSION], 'one') })],
  ])('%s, as it would fail every record: not even after retry', async (_, thrown) => {
    const sink = memorySink();
    const { router } = routerOf(sink, { when: 'exhausted' }, rejects(thrown), retry() as never);
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(sink.letters).toEqual([]);
  });

  test('a sink that is throttled goes after retry, as it concerns this record', async () => {
    const sink = memorySink();
    const throttled = requestFailed('queue', { code: 'ThrottlingException', fault: 'passing' }, 10);
    const { router } = routerOf(
      sink,
      { when: 'exhausted' },
      rejects(throttled),
      retry({ attempts: 1 }) as never,
    );
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(sink.letters).toMatchObject([{ error: { code: 'SINK_REQUEST_FAILED' } }]);
  });

  test.each([
    ['an unknown eventName', { eventName: 'UPSERT' }],
    ['no Keys', { dynamodb: { SequenceNumber: '1', StreamViewType: 'NEW_AND_OLD_IMAGES' } }],
  ])('a record with %s never reaches any middleware: the mapping has to give it up', async (_, changed) => {
    const sink = memorySink();
    const { router, logger } = routerOf(sink, { when: () => true }, () => undefined);
    const event = { Records: [{ ...recordOf({}), ...changed }] };
    expect((await router(event as never, contextOf())).batchItemFailures).toHaveLength(1);
    expect(sink.letters).toEqual([]);
    expect(logger.entries[0]?.fields.error).toBeInstanceOf(InvalidRecordError);
  });
});

describe("when: 'exhausted'", () => {
  const AT_ONCE = { minMs: 0, maxMs: 0 };

  test.each([busy, ...FALSY])('sends a record whose retries are exhausted: %j', async (thrown) => {
    const sink = memorySink();
    let attempts = 0;
    const handler = async () => {
      attempts++;
      throw thrown;
    };
    const { router } = routerOf(
      sink,
      { when: 'exhausted' },
      handler,
      retry({ attempts: 4, backoff: AT_ONCE }) as never,
    );
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect([attempts, sink.letters.length]).toEqual([4, 1]);
  });

  test('sends a permanent error after one attempt', async () => {
    const sink = memorySink();
    const { router } = routerOf(sink, { when: 'exhausted' }, rejects(declined), retry() as never);
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(sink.letters).toHaveLength(1);
  });

  test('sends permanent errors only if there is no retry inside', async () => {
    const sink = memorySink();
    const { router } = routerOf(sink, { when: 'exhausted' }, rejects(busy));
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    const { router: other } = routerOf(sink, { when: 'exhausted' }, rejects(declined));
    expect(await other(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect(sink.letters).toHaveLength(1);
  });

  test('sends nothing transient when retry lies around it: the wrong order loses nothing', async () => {
    const sink = memorySink();
    const router = streamRouter({ logger: memoryLogger() })
      .use(retry({ backoff: AT_ONCE }))
      .use(deadLetter(sink, { when: 'exhausted' }))
      .onInsert(rejects(busy));
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(sink.letters).toEqual([]);
  });

  test('does not take the failure of a layer in between for exhausted retries', async () => {
    const sink = memorySink();
    const between: RecordMiddleware<never> = async (_record, _context, next) => {
      try {
        await next();
      } catch {
        throw new Error('the store is throttled');
      }
    };
    const { router } = routerOf(
      sink,
      { when: 'exhausted' },
      rejects(busy),
      between,
      retry({ backoff: AT_ONCE }) as never,
    );
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(sink.letters).toEqual([]);
  });

  test('sends nothing whose retries were cut short by the deadline', async () => {
    const sink = memorySink();
    const context = lambdaContext({ remainingMs: 5000 });
    const { router } = routerOf(
      sink,
      { when: 'exhausted' },
      rejects(busy),
      retry({ backoff: { minMs: 6000 } }) as never,
    );
    expect(await router(eventOf({}), context)).toEqual(failedAt(0));
    expect(sink.letters).toEqual([]);
  });
});

describe('when: a function', () => {
  test('decides, knowing the error, the record and what the other settings would say', async () => {
    const sink = memorySink();
    const asked: unknown[] = [];
    const when: DeadLetterOptions['when'] = (error, { record, permanent, exhausted }) => {
      asked.push([(error as Error).message, record.sequenceNumber, permanent, exhausted]);
      return error === busy;
    };
    const { router } = routerOf(sink, { when }, rejects(busy));
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    const { router: other } = routerOf(sink, { when }, rejects(declined), retry() as never);
    expect(await other(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(asked).toEqual([
      ['busy', sequenceNumberAt(0), false, false],
      ['declined', sequenceNumberAt(0), true, true],
    ]);
  });

  test.each<[string, () => unknown]>([
    ['a promise', async () => true],
    ['a promise that rejects', async () => Promise.reject(new Error('lost'))],
    ['a promise of no', async () => false],
    ['a generator', function* () {}],
    ['an array with promises', () => [Promise.resolve()]],
  ])('that answers with %s fails the record, and writes no letter', async (_, when) => {
    const sink = memorySink();
    const { router, logger } = routerOf(sink, { when: when as () => boolean }, rejects(declined));
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(sink.letters).toEqual([]);
    expect(failureIn(logger)).toMatchObject({
      name: 'ConfigurationError',
      code: 'ASYNC_CONDITION',
      message: expect.stringMatching(/^deadLetter: when returned /),
      cause: declined,
    });
  });

  test('that throws is a no, is logged, and hides nothing', async () => {
    const sink = memorySink();
    const when = (error: unknown) => (error as Error).message === 'busy';
    const { router, logger } = routerOf(sink, { when }, rejects(undefined));
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(logger.entries.map(({ message }) => message)).toContain('when failed');
    expect(logger.entries.find(({ message }) => message === 'Record failed')?.fields.error).toBeUndefined();
  });
});

describe('a letter that is not accepted', () => {
  test.each([new Error('queue is gone'), ...FALSY])(
    'fails the record, with its own error as cause: %j',
    async (fault) => {
      const { router, logger } = routerOf(memorySink(refusing(fault)), undefined, rejects(declined));
      expect(await router(eventOf({ id: 'a' }, { id: 'b' }), contextOf())).toEqual(failedAt(0));
      const error = failureIn(logger);
      expect(error).toBeInstanceOf(DeadLetterError);
      expect(error).toMatchObject({
        name: 'DeadLetterError',
        code: 'DEAD_LETTER_REFUSED',
        retryable: true,
        target: 'memory',
      });
      expect(error.cause).toBe(declined);
      expect(error.sinkError).toBe(fault);
    },
  );

  test.each(FALSY)('fails a record that threw %j too', async (thrown) => {
    const { router, logger } = routerOf(memorySink(refusing(busy)), { when: () => true }, rejects(thrown));
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(failureIn(logger).cause).toBe(thrown);
  });

  test('goes to the fallback', async () => {
    const fallback = { ...memorySink(), target: 'bucket' };
    const sink = memorySink(refusing(tooLarge('queue', 2_000_000, 1_048_576)));
    const { router, logger } = routerOf(sink, { fallback }, rejects(declined));
    expect(await router(eventOf({}), contextOf())).toEqual(NOT_FAILED);
    expect([sink.letters.length, fallback.letters.length]).toEqual([0, 1]);
    expect(logger.entries.find(({ level }) => level === 'warn')?.fields.target).toBe('bucket');
  });

  test('fails the record when the fallback does not take it either', async () => {
    const fallback = { ...memorySink(refusing('bucket is gone')), target: 'bucket' };
    const { router, logger } = routerOf(memorySink(refusing('no')), { fallback }, rejects(declined));
    expect(await router(eventOf({}), contextOf())).toEqual(failedAt(0));
    expect(logger.entries[0]?.fields.error).toMatchObject({
      target: 'bucket',
      sinkError: 'bucket is gone',
      cause: declined,
    });
  });
});

describe('at the deadline', () => {
  test('nothing goes: the record is reported, and delivered again with time', async () => {
    const sink = memorySink();
    const context = lambdaContext({ remainingMs: 5000 });
    const { router } = routerOf(sink, { when: () => true }, async () => {
      await new Promise(setImmediate);
      context.advance(4500);
      throw declined;
    });
    expect(await router(eventOf({}), context)).toEqual(failedAt(0));
    await new Promise(setImmediate);
    expect(sink.letters).toEqual([]);
  });

  test('a letter under way does not make the record succeed', async () => {
    const context = lambdaContext({ remainingMs: 5000 });
    const signals: unknown[] = [];
    const sink = memorySink(async () => {
      context.advance(4500);
      signals.push(sink.options[0]?.signal?.aborted);
      await new Promise(setImmediate);
    });
    const { router } = routerOf(sink, undefined, rejects(declined));
    expect(await router(eventOf({}), context)).toEqual(failedAt(0));
    expect(signals).toEqual([true]);
  });
});

describe('with real servers', () => {
  let servers: Emulators;
  let sqs: SQSClient;
  let s3: S3Client;
  let sns: SNSClient;
  let dynamodb: DynamoDBClient;
  let names = 0;

  beforeAll(async () => {
    servers = await emulatedServers();
    sqs = new SQSClient({ ...servers.sqs, useQueueUrlAsEndpoint: false });
    s3 = new S3Client(servers.s3);
    sns = new SNSClient(servers.sns);
    dynamodb = new DynamoDBClient(servers.dynamodb);
  }, 60_000);

  afterAll(async () => {
    for (const client of [sqs, s3, sns, dynamodb]) client?.destroy();
    await servers?.stop();
  });

  async function queue(fifo = false): Promise<string> {
    const QueueName = `letters-${++names}${fifo ? '.fifo' : ''}`;
    const Attributes = fifo ? { FifoQueue: 'true' } : {};
    return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl as string;
  }

  async function bodiesOf(QueueUrl: string): Promise<string[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    return Messages.map(({ Body }) => Body as string);
  }

  async function bucket(): Promise<string> {
    const Bucket = `letters-${++names}`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  }

  async function objectsOf(Bucket: string): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    return Promise.all(
      Contents.map(
        async ({ Key }) =>
          (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) as string,
      ),
    );
  }

  /** Poisons one of three invoices; gives the context that its handler had. */
  async function poison(
    sink: Sink,
    options: DeadLetterOptions = {},
    image: Record<string, AttributeValue> = {},
  ) {
    const context: Context = lambdaContext({ functionName: 'invoices' });
    const event = eventOf(
      { id: 'a' },
      { id: 'b', newImage: { total: { N: 'twelve' }, ...image } },
      { id: 'c' },
    );
    const logger = memoryLogger();
    const router = streamRouter<{ id: string; total: number }>({ logger })
      .use(deadLetter(sink, options))
      .onInsert(({ newImage }) => void newImage.total);
    const response = await router(event, context);
    return { response, record: event.Records[1], event, logger };
  }

  test.each([false, true])('a queue gets the letter, FIFO %j', async (fifo) => {
    const queueUrl = await queue(fifo);
    const { response, record } = await poison(sqsQueue({ queueUrl, client: sqs }));
    expect(response).toEqual(NOT_FAILED);
    const letters = (await bodiesOf(queueUrl)).map(parseDeadLetter);
    expect(letters).toMatchObject([{ error: { code: 'INVALID_ATTRIBUTE_VALUE' }, record }]);
  });

  test.each([true, false])('a queue behind a topic gets it, raw delivery %j', async (raw) => {
    const queueUrl = await queue();
    const name = queueUrl.split('/').at(-1) as string;
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
    const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const Attributes = { RawMessageDelivery: `${raw}` };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
    const { response, record } = await poison(snsTopic({ topicArn: TopicArn as string, client: sns }));
    expect(response).toEqual(NOT_FAILED);
    expect((await bodiesOf(queueUrl)).map(parseDeadLetter)).toMatchObject([{ record }]);
  });

  test.each(['object', 'ndjson'] as const)('a bucket gets it, as %s', async (format) => {
    const name = await bucket();
    const { response, record } = await poison(bucketWriter({ bucket: name, client: s3, format }));
    expect(response).toEqual(NOT_FAILED);
    const objects = await objectsOf(name);
    expect(objects.flatMap((text) => text.trim().split('\n')).map(parseDeadLetter)).toMatchObject([
      { record },
    ]);
  });

  test('a table gets it under its id, once however often it is delivered', async () => {
    const TableName = `Letters${++names}`;
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const sink = tableWriter({ tableName: TableName, keys: ['id'], client: dynamodb });
    const image = { lines: { L: [{ M: { sku: { S: '' }, bytes: { B: 'AQID' }, none: { NULL: true } } }] } };
    const { response, record } = await poison(sink, {}, image);
    expect(response).toEqual(NOT_FAILED);
    await poison(sink, {}, image);
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
    const letters = Items.map((item) => parseDeadLetter(unmarshall(item)));
    expect(letters).toMatchObject([{ id: `${record?.eventSourceARN}/${sequenceNumberAt(1)}` }]);
    expect(letters[0]?.record).toEqual(record);
  });

  test('a letter that is too large for the queue goes to the bucket', async () => {
    const [queueUrl, name] = [await queue(), await bucket()];
    const fallback = bucketWriter({ bucket: name, client: s3 });
    const notes = { S: 'x'.repeat(1_100_000) };
    const { response, record } = await poison(sqsQueue({ queueUrl, client: sqs }), { fallback }, { notes });
    expect(response).toEqual(NOT_FAILED);
    expect((await objectsOf(name)).map(parseDeadLetter)).toMatchObject([{ record }]);
    expect(await bodiesOf(queueUrl)).toEqual([]);
  });

  test('and fails the record if there is none, with an error that says so', async () => {
    const queueUrl = await queue();
    const notes = { S: 'x'.repeat(1_100_000) };
    const { response, logger } = await poison(sqsQueue({ queueUrl, client: sqs }), {}, { notes });
    expect(response).toEqual(failedAt(1));
    const error = failureIn(logger);
    expect(error.message).toMatch(/too large.*fallback/);
    expect(error.sinkError).toMatchObject({ code: 'SINK_MESSAGE_TOO_LARGE' });
    expect(error.cause).toMatchObject({ code: 'INVALID_ATTRIBUTE_VALUE' });
  });

  test('a queue that is not there fails the record', async () => {
    const queueUrl = `${servers.sqs.endpoint}/000000000000/nowhere`;
    const { response, logger } = await poison(sqsQueue({ queueUrl, client: sqs }));
    expect(response).toEqual(failedAt(1));
    const error = logger.entries.find(({ message }) => message === 'Record failed')?.fields.error;
    expect(error).toMatchObject({ code: 'DEAD_LETTER_REFUSED', sinkError: { code: 'SINK_REQUEST_FAILED' } });
  });

  test('what a queue holds is replayed after the fix, each record once', async () => {
    const queueUrl = await queue();
    const logger = memoryLogger();
    const broken = streamRouter({ logger })
      .use(deadLetter(sqsQueue({ queueUrl, client: sqs })))
      .onInsert(rejects(declined));
    const event = eventOf({ id: 'a' }, { id: 'b' }, { id: 'a' });
    expect(await broken(event, contextOf())).toEqual(NOT_FAILED);
    const handled: string[] = [];
    const fixed = streamRouter<{ id: string }>({ logger }).onInsert(
      ({ keys, sequenceNumber }) => void handled.push(`${keys.id} ${sequenceNumber.at(-1)}`),
    );
    const summary = await replay({ queueUrl, sqsClient: sqs, handler: fixed });
    expect(summary).toMatchObject({ succeeded: 3, remaining: 0 });
    expect(await bodiesOf(queueUrl)).toEqual([]);
    expect(handled).toEqual(['a 1', 'b 2', 'a 3']);
  });
});

test.each<[unknown, unknown, string, string]>([
  [undefined, {}, 'INVALID_OPTION', 'sink'],
  ['https://sqs.example/queue', {}, 'INVALID_OPTION', 'sink'],
  [{ send: () => undefined }, {}, 'INVALID_OPTION', 'sink'],
  [{ target: 'queue' }, {}, 'INVALID_OPTION', 'sink'],
  [memorySink(), null, 'INVALID_OPTION', 'options'],
  [memorySink(), { When: 'exhausted' }, 'UNKNOWN_OPTION', 'When'],
  [memorySink(), { when: 'always' }, 'INVALID_OPTION', 'when'],
  [memorySink(), { fallback: 'bucket' }, 'INVALID_OPTION', 'fallback'],
])('refuses %j with %j when it is made', (sink, options, code, name) => {
  expect(() => deadLetter(sink as Sink, options as DeadLetterOptions)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', code, message: expect.stringContaining(name) }),
  );
});

describe('a sink of the user', () => {
  const accepting = (send: Sink['send']): Sink => ({ target: 'own', send });

  test('gets a copy of the record: its changes affect neither the next letter nor the event', async () => {
    const images: unknown[] = [];
    const event = eventOf({ id: 'a' });
    const before = structuredClone(event);
    const spoiling = accepting(async (message) => {
      const { record } = message as DeadLetter;
      images.push(structuredClone(record));
      Object.assign(record, { eventName: 'REMOVE' });
      delete record.dynamodb?.NewImage;
      throw new Error('too large');
    });
    const { router } = routerOf(spoiling, { fallback: spoiling }, throws(declined));
    expect(await router(event, contextOf())).toEqual(failedAt(0));
    expect(images).toEqual([before.Records[0], before.Records[0]]);
    expect(event).toEqual(before);
  });

  test('that returns promises which nothing waits for has not accepted the letter', async () => {
    const sink = accepting((() => [Promise.resolve()]) as never);
    const { router, logger } = routerOf(sink, undefined, throws(declined));
    expect(await router(eventOf({ id: 'a' }), contextOf())).toEqual(failedAt(0));
    expect(failureIn(logger).sinkError).toMatchObject({ code: 'INVALID_RESULT' });
  });

  test('is not tried as the fallback once the deadline is reached', async () => {
    const clock = lambdaContext({ remainingMs: 5000 });
    const late = memorySink();
    const slow = accepting(async (_message, options) => {
      await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
      throw new Error('aborted');
    });
    const { router } = routerOf(slow, { fallback: late }, throws(declined));
    const answer = router(eventOf({ id: 'a' }), clock);
    await new Promise(setImmediate);
    clock.advance(4500);
    expect(await answer).toEqual(failedAt(0));
    await new Promise(setImmediate);
    expect(late.letters).toEqual([]);
  });
});

describe('whatever was thrown', () => {
  const error = (fields: object) => Object.assign(new Error('x'), { retryable: false }, fields);
  test.each<[string, unknown]>([
    ['a message without text', error({ message: Object.create(null) })],
    ['a message that cannot be made text', { retryable: false, message: { toString: 1 } }],
    [
      'a message that throws when it is read',
      Object.defineProperty(error({}), 'message', {
        get() {
          throw new Error('no');
        },
      }),
    ],
    ['a cause with such a message', error({ message: 'x', cause: { message: { toString: 1 } } })],
  ])('there is a letter: %s', async (_, thrown) => {
    const sink = memorySink();
    const { router } = routerOf(sink, undefined, throws(thrown));
    expect(await router(eventOf({ id: 'a' }), contextOf())).toEqual(NOT_FAILED);
    const { error } = sink.letters[0] as DeadLetter;
    expect(error.cause ?? error).toEqual({
      name: 'NonError',
      message: 'The handler threw a value that cannot be read.',
    });
  });

  test('errors that wrap each other many times take no exponential time', async () => {
    const sink = memorySink();
    const tangle = Object.assign(new AggregateError([], 'tangle'), { retryable: false });
    // A walk into each one, five levels deep: 100 million steps.
    tangle.errors = new Array(100).fill(tangle);
    const { router } = routerOf(sink, undefined, throws(tangle));
    const startedAt = performance.now();
    expect(await router(eventOf({ id: 'a' }), contextOf())).toEqual(NOT_FAILED);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(sink.letters).toHaveLength(1);
  });
});
