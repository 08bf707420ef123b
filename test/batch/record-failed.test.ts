import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type FailureChannel,
  publishRecordFailed,
  type RecordFailedMessage,
} from '../../src/batch/record-failed.ts';
import { processBatch, streamRouter, streamWindow } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import {
  contextOf,
  eventOf,
  memoryLogger,
  recordOf,
  STREAM_ARN,
  sequenceNumberAt,
} from '../fixtures/events.ts';

const NAME = 'streamlane:record-failed';
const SECRET = 'hunter2';
const error = new RangeError('negative total');
const THREE = eventOf({}, { newImage: { secret: { S: SECRET } } }, {});

const messageAt = (index: number, fields: Partial<RecordFailedMessage> = {}): RecordFailedMessage => ({
  outcome: 'failed',
  eventID: index.toString(16).padStart(32, '0'),
  eventName: 'INSERT',
  sequenceNumber: sequenceNumberAt(index),
  streamArn: STREAM_ARN,
  tableName: 'Invoices',
  error,
  ...fields,
});

type Subscriber = (message: unknown, name: string | symbol) => unknown;

function subscribed(subscriber: Subscriber): void {
  subscribe(NAME, subscriber as never);
  onTestFinished(() => void unsubscribe(NAME, subscriber as never));
}

/** Keeps the published messages. */
function published(): RecordFailedMessage[] {
  const messages: RecordFailedMessage[] = [];
  subscribed((message) => messages.push(message as RecordFailedMessage));
  return messages;
}

/** Returns the errors that would have ended the process. */
function fatal(): unknown[] {
  const thrown: unknown[] = [];
  const note = (reason: unknown): void => void thrown.push(reason);
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', note).on('unhandledRejection', note);
  onTestFinished(() => {
    process.off('uncaughtException', note).off('unhandledRejection', note);
    for (const listener of before) process.on('uncaughtException', listener);
  });
  return thrown;
}

/** Throws for the record at index 1. */
const handle = async ({ eventID }: { readonly eventID: string | undefined }): Promise<void> => {
  if (eventID === messageAt(1).eventID) throw error;
};

const processed = (event: DynamoDBStreamEvent, logger?: Logger) =>
  processPartialResponse(event, handle, new OrderedStreamProcessor({ logger: logger ?? false }), {
    context: contextOf(),
  });

const windowEvent = (event: DynamoDBStreamEvent) => ({
  ...event,
  window: { start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:01:00Z' },
  state: {},
  shardId: 'shardId-1',
  eventSourceARN: STREAM_ARN,
  isFinalInvokeForWindow: false,
  isWindowTerminatedEarly: false,
});

describe('the failure of a record is published, whatever the logger, by', () => {
  const powertools = new Logger({ logLevel: 'SILENT' });

  test.each<[entryPoint: string, run: () => unknown]>([
    ['a router without a log', () => streamRouter({ logger: false }).onInsert(handle)(THREE, contextOf())],
    [
      'a router with a logger of its own',
      () => streamRouter({ logger: memoryLogger() }).onInsert(handle)(THREE, contextOf()),
    ],
    [
      'a router whose logger throws',
      () => {
        const logger = { ...memoryLogger(), error: () => expect.fail() };
        return streamRouter({ logger }).onInsert(handle)(THREE, contextOf());
      },
    ],
    [
      'a router with a Powertools Logger',
      () => streamRouter({ logger: powertools }).onInsert(handle)(THREE, contextOf()),
    ],
    [
      'a router that throws for its batch',
      () =>
        expect(
          streamRouter({ logger: false, partialResponses: false }).onInsert(handle)(THREE, contextOf()),
        ).rejects.toThrow(),
    ],
    ['processBatch', () => processBatch(THREE, contextOf(), handle, { logger: false })],
    [
      'a window',
      () =>
        streamWindow({
          logger: false,
          initial: { count: 0 },
          reduce: (_state, record) => handle(record),
          close: () => {},
        })(windowEvent(THREE), contextOf()),
    ],
    ['an OrderedStreamProcessor', () => processed(THREE)],
    ['an OrderedStreamProcessor with a Powertools Logger', () => processed(THREE, powertools)],
  ])('%s', async (_, run) => {
    const messages = published();
    await run();
    expect(messages).toEqual([messageAt(1)]);
    expect(messages[0]?.error).toBe(error);
    expect(JSON.stringify(messages)).not.toContain(SECRET);
  });

  test('a record that cannot be read, as one of its neighbours', async () => {
    const messages = published();
    const malformed = recordOf({}, 1);
    malformed.eventName = undefined as never;
    await streamRouter({ logger: false }).onInsert(() => {})(
      { Records: [recordOf(), malformed] },
      contextOf(),
    );
    expect(messages).toEqual([messageAt(1, { eventName: undefined, error: expect.any(Error) })]);
  });
});

test('a window that counts again publishes the record that fails then', async () => {
  const messages = published();
  let calls = 0;
  await streamWindow({
    logger: false,
    initial: { count: 0 },
    reduce(state) {
      state.count++;
      if (++calls > 2) throw error;
    },
    close: () => {},
  })(windowEvent(THREE), contextOf());
  expect(messages).toEqual([messageAt(2), messageAt(0)]);
});

test('a failureHandler that throws as well makes no second message', async () => {
  class Broken extends OrderedStreamProcessor {
    override failureHandler(): never {
      throw new Error('the hook is broken');
    }
  }
  const messages = published();
  await processPartialResponse(THREE, handle, new Broken({ logger: false }));
  expect(messages).toEqual([messageAt(1)]);
});

describe('a dead letter', () => {
  const permanent = Object.assign(new Error('declined'), { retryable: false });
  const refuse = (): never => {
    throw permanent;
  };
  const sink = (fails: boolean) => ({
    target: 'memory',
    send: async () => {
      if (fails) throw new Error('the queue is gone');
    },
  });

  test('is published once a sink has accepted it', async () => {
    const messages = published();
    const router = streamRouter({ logger: false })
      .use(deadLetter(sink(false)))
      .onInsert(refuse);
    expect(await router(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
    expect(messages).toEqual([messageAt(0, { outcome: 'deadLettered', error: permanent })]);
  });

  test('that no sink accepts is the failure of its record', async () => {
    const messages = published();
    await streamRouter({ logger: false })
      .use(deadLetter(sink(true)))
      .onInsert(refuse)(eventOf({}), contextOf());
    expect(messages).toMatchObject([
      { outcome: 'failed', error: { name: 'DeadLetterError', cause: permanent } },
    ]);
  });

  test('is followed by a failure where a middleware around it fails', async () => {
    const messages = published();
    await streamRouter({ logger: false })
      .use(async (_record, _context, next) => {
        await next();
        throw error;
      })
      .use(deadLetter(sink(false)))
      .onInsert(refuse)(eventOf({}), contextOf());
    expect(messages.map(({ outcome }) => outcome)).toEqual(['deadLettered', 'failed']);
  });
});

describe('a subscriber', () => {
  const run = (event = THREE) => streamRouter({ logger: false }).onInsert(handle)(event, contextOf());
  const answer = { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] };

  test.each<[what: string, subscriber: Subscriber]>([
    ['throws', () => expect.fail('the subscriber is broken')],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
    ],
    ['rejects at once', () => Promise.reject(new Error('the subscriber is broken'))],
    ['rejects later', () => sleep(5).then(() => expect.fail('the subscriber is broken'))],
    ['never answers', () => new Promise(() => {})],
    ['changes the message', (message) => Object.assign(message as object, { sequenceNumber: '0' })],
    [
      'changes the error',
      (message) => Object.assign((message as RecordFailedMessage).error as object, { retryable: false }),
    ],
    [
      'answers with a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a broken thenable is meant
        get then() {
          return expect.fail('broken');
        },
      }),
    ],
  ])('that %s harms neither process nor batch nor the next subscriber', async (_, subscriber) => {
    const thrown = fatal();
    subscribed(subscriber);
    const messages = published();
    expect(await run()).toEqual(answer);
    await sleep(20);
    expect(messages).toEqual([messageAt(1)]);
    expect(thrown).toEqual([]);
  });

  test('that unsubscribes itself takes the message from no other one', async () => {
    const once: Subscriber = () => unsubscribe(NAME, once as never);
    subscribed(once);
    const messages = published();
    await run();
    expect(messages).toEqual([messageAt(1)]);
  });

  test('gets the name of the channel', async () => {
    const subscriber = vi.fn();
    subscribed(subscriber);
    await run();
    expect(subscriber).toHaveBeenCalledExactlyOnceWith(messageAt(1), NAME);
  });

  test('that is slow and asynchronous does not delay the answer', async () => {
    subscribed(() => sleep(10_000, undefined, { ref: false }));
    const startedAt = performance.now();
    await run();
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('gets those of all routers, each with its stream', async () => {
    const messages = published();
    const other = THREE.Records.map((record) => ({
      ...record,
      eventSourceARN: STREAM_ARN.replace('Invoices', 'Orders'),
    }));
    await Promise.all([run(), run({ Records: other })]);
    expect(messages.map(({ tableName }) => tableName).toSorted()).toEqual(['Invoices', 'Orders']);
  });

  test('gets each of 10,000 failures', async () => {
    const messages = published();
    const event = eventOf(...Array.from({ length: 10_000 }, () => ({})));
    const router = streamRouter({ logger: false, concurrency: 10_000 }).onInsert(async () => {
      await sleep(1);
      throw error;
    });
    expect(await router(event, contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }],
    });
    expect(messages).toHaveLength(10_000);
    expect(new Set(messages.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(10_000);
  });

  test('that has left gets nothing more', async () => {
    const subscriber = vi.fn();
    subscribe(NAME, subscriber);
    unsubscribe(NAME, subscriber);
    await run();
    expect(subscriber).not.toHaveBeenCalled();
  });
});

describe('publishRecordFailed', () => {
  const messageOf = vi.fn(() => messageAt(0));

  beforeEach(() => void messageOf.mockClear());

  test('makes no message without subscribers', () => {
    publishRecordFailed(messageOf);
    expect(messageOf).not.toHaveBeenCalled();
    expect(channel(NAME).hasSubscribers).toBe(false);
  });

  test('freezes the message', () => {
    const messages = published();
    publishRecordFailed(messageOf);
    expect(Object.isFrozen(messages[0])).toBe(true);
  });

  test('drops what making the message throws', () => {
    const messages = published();
    publishRecordFailed(() => expect.fail('a getter of the record is broken'));
    expect(messages).toEqual([]);
  });

  test('leaves it to publish where Node has no list of the subscribers', () => {
    const publish = vi.fn();
    const failures: FailureChannel = { name: NAME, hasSubscribers: true, publish };
    publishRecordFailed(messageOf, failures);
    expect(publish).toHaveBeenCalledExactlyOnceWith(messageAt(0));
  });
});
