import { describe, expect, test, vi } from 'vitest';
import { env, streamRouter } from '../../../src/index.ts';
import { deadLetter } from '../../../src/middleware/dead-letter.ts';
import { retry } from '../../../src/middleware/retry.ts';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { eventBus } from '../../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../../src/sinks/s3.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';
import { contextOf, eventOf, memoryLogger } from '../../fixtures/events.ts';
import { recordOf } from '../sink-harness.ts';

/** A client that keeps what it is sent, and accepts it. */
function memoryClient() {
  const inputs: Readonly<Record<string, unknown>>[] = [];
  const send = async ({ input }: { readonly input: Readonly<Record<string, unknown>> }) => {
    inputs.push(input);
    return {
      Successful: [{ Id: '0', MessageId: 'm' }],
      Entries: [{ EventId: 'e' }],
      UnprocessedItems: {},
      ETag: '"e"',
    };
  };
  return { inputs, client: { send } as never };
}

const A = env('STREAMLANE_TEST_A');
const B = env('STREAMLANE_TEST_B');

const SINKS: readonly (readonly [
  name: string,
  option: string,
  make: (client: never) => Sink,
  calls: readonly string[],
  /** Makes a target of a name. */
  targetOf: (name: string) => string,
])[] = [
  [
    'snsTopic',
    'topicArn',
    (client) => snsTopic({ topicArn: A, client }),
    ['send', 'publish'],
    (name) => `arn:aws:sns:eu-central-1:000000000000:${name}`,
  ],
  [
    'sqsQueue',
    'queueUrl',
    (client) => sqsQueue({ queueUrl: A, client }),
    ['send'],
    (name) => `http://localhost:4566/000000000000/${name}`,
  ],
  [
    'eventBus',
    'eventBusName',
    (client) => eventBus({ source: 's', eventBusName: A, detailType: 'd', client }),
    ['send'],
    (name) => name,
  ],
  [
    'tableWriter',
    'tableName',
    (client) => tableWriter({ tableName: A, keys: ['id'], client }),
    ['send', 'put', 'delete'],
    (name) => name,
  ],
  ['bucketWriter', 'bucket', (client) => bucketWriter({ bucket: A, client }), ['send'], (name) => name],
];

const message = { id: '1' };

describe.each(SINKS)('%s', (name, option, make, calls, targetOf) => {
  const callsOf = (sink: Sink) =>
    calls.map(
      (call) =>
        (sink as unknown as Record<string, (m: unknown, o?: unknown) => Promise<void>>)[call] as never as (
          m: unknown,
          o?: unknown,
        ) => Promise<void>,
    );

  test.each([
    [undefined],
    [null],
    [{}],
    [{ record: null }],
    [{ record: undefined }],
    [{ record: 'INV-1' }],
    [{ detached: false }],
    [{ detached: 1 }],
    [{ signal: new AbortController().signal }],
  ])('sends nothing that has neither a record nor detached: true: %j', async (options) => {
    vi.stubEnv('STREAMLANE_TEST_A', targetOf('target'));
    const { client, inputs } = memoryClient();
    for (const call of callsOf(make(client))) {
      await expect(call(message, options)).rejects.toMatchObject({
        name: 'ConfigurationError',
        code: 'RECORD_REQUIRED',
        owner: name,
      });
    }
    expect(inputs).toEqual([]);
    vi.unstubAllEnvs();
  });

  test.each<[what: string, record: object]>([
    ['as Lambda sends it', eventOf({ id: '1' }).Records[0] as object],
    ['that is a promise', Promise.resolve(recordOf('1'))],
    ['without keys', { eventName: 'INSERT', eventID: '1' }],
  ])('sends nothing with a record %s', async (_, record) => {
    vi.stubEnv('STREAMLANE_TEST_A', targetOf('target'));
    const { client, inputs } = memoryClient();
    for (const call of callsOf(make(client))) {
      await expect(call(message, { record })).rejects.toMatchObject({
        code: 'RECORD_REQUIRED',
        owner: name,
        problem: expect.stringContaining('a record that has no keys. Pass the record that the handler gets'),
      });
    }
    expect(inputs).toEqual([]);
    vi.unstubAllEnvs();
  });

  test.each([
    ['null', null],
    ['text', 'signal'],
    ['an AbortController', new AbortController()],
  ])('sends nothing with %s for a signal, however often it is tried', async (_, signal) => {
    vi.stubEnv('STREAMLANE_TEST_A', targetOf('target'));
    const { client, inputs } = memoryClient();
    for (const call of callsOf(make(client))) {
      for (const options of [{ record: recordOf('1') }, { record: recordOf('1') }, { detached: true }]) {
        await expect(call(message, { ...options, signal })).rejects.toMatchObject({
          code: 'INVALID_OPTION',
          owner: name,
          option: 'signal',
        });
      }
    }
    expect(inputs).toEqual([]);
    vi.unstubAllEnvs();
  });

  test.each([
    ['a promise', () => Promise.reject(new Error('lost'))],
    ['an object with a promise', () => ({ id: '1', total: Promise.reject(new Error('lost')) })],
    ['an object with a generator', () => ({ id: '1', lines: (function* () {})() })],
  ])('sends nothing that is %s, and it is not a dead letter', async (_, made) => {
    vi.stubEnv('STREAMLANE_TEST_A', targetOf('target'));
    const { client, inputs } = memoryClient();
    const sink = make(client);
    // Once something was accepted, the item would be at fault.
    await sink.send(message, { record: recordOf('1') });
    await expect(sink.send(made(), { record: recordOf('1') })).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'INVALID_RESULT',
      owner: name,
    });
    expect(inputs).toHaveLength(1);
    vi.unstubAllEnvs();
  });

  test('sends a message that is detached or has a record, and refuses one with both', async () => {
    vi.stubEnv('STREAMLANE_TEST_A', targetOf('target'));
    const { client, inputs } = memoryClient();
    const record = recordOf('item');
    for (const call of callsOf(make(client))) {
      await call(message, { detached: true });
      await call(message, { record });
      await expect(call(message, { record, detached: true })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        owner: name,
      });
    }
    expect(inputs).toHaveLength(2 * calls.length);
    vi.unstubAllEnvs();
  });

  test('what its variable lacks fails the record and is not a dead letter', async () => {
    vi.stubEnv('STREAMLANE_TEST_A', undefined);
    const { client, inputs } = memoryClient();
    const sink = make(client);
    expect(sink.target).toBe("env('STREAMLANE_TEST_A')");
    const letters: unknown[] = [];
    const logger = memoryLogger();
    const router = streamRouter({ logger })
      .use(
        deadLetter(
          { target: 'letters', send: async (letter) => void letters.push(letter) },
          { when: 'exhausted' },
        ),
      )
      .use(retry({ attempts: 2, backoff: { minMs: 0, maxMs: 0 } }))
      .onInsert((record) => sink.send(message, { record }));
    expect((await router(eventOf({}), contextOf())).batchItemFailures).toHaveLength(1);
    expect([letters, inputs]).toEqual([[], []]);
    const failure = logger.entries.find(({ message }) => message === 'Record failed');
    expect(failure?.fields.error).toMatchObject({
      code: 'MISSING_ENVIRONMENT_VARIABLE',
      message: expect.stringContaining(`${name}: ${option} is env('STREAMLANE_TEST_A')`),
    });
    vi.unstubAllEnvs();
  });

  test('sends to what its variable says at each message', async () => {
    const { client, inputs } = memoryClient();
    const sink = make(client);
    for (const target of ['one', 'two', 'two', 'one'].map(targetOf)) {
      vi.stubEnv('STREAMLANE_TEST_A', target);
      expect(sink.target).toBe(target);
      await sink.send(message, { record: recordOf('item') });
    }
    const targets = inputs.map((input) => /\b(one|two)"/.exec(JSON.stringify(input))?.[1]);
    expect(targets).toEqual(['one', 'two', 'two', 'one']);
    vi.unstubAllEnvs();
  });
});

test('the source of events and the prefix of objects may be variables', async () => {
  vi.stubEnv('STREAMLANE_TEST_B', 'from/');
  const { client, inputs } = memoryClient();
  const record = recordOf('item');
  await eventBus({ source: B, client }).send({}, { record });
  await bucketWriter({ bucket: 'archive', prefix: B, client }).send({}, { record });
  await bucketWriter({ bucket: 'archive', prefix: B, format: 'ndjson', client }).send({}, { record });
  expect(inputs).toMatchObject([
    { Entries: [{ Source: 'from/' }] },
    { Key: expect.stringMatching(/^from\/Invoices/) },
    { Key: expect.stringMatching(/^from\/Invoices/) },
  ]);
  vi.unstubAllEnvs();
});

test.each<[what: string, send: (client: never) => Promise<void>, code: string, owner: string]>([
  [
    'a FIFO topic without a group',
    (client) =>
      snsTopic({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:t.fifo', client }).publish('m', {
        detached: true,
      }),
    'RECORD_REQUIRED',
    'snsTopic',
  ],
  [
    'an event without a type',
    (client) => eventBus({ source: 's', client }).send({}, { detached: true }),
    'RECORD_REQUIRED',
    'eventBus',
  ],
  [
    'a delay in a FIFO queue',
    (client) =>
      sqsQueue({ queueUrl: 'http://localhost/q.fifo', client }).send('m', {
        record: recordOf('i'),
        delaySeconds: 1,
      }),
    'INVALID_OPTION',
    'sqsQueue',
  ],
  [
    'a key for a line',
    (client) =>
      bucketWriter({ bucket: 'archive', format: 'ndjson', client }).send('m', {
        record: recordOf('i'),
        key: 'k',
      }),
    'INVALID_OPTION',
    'bucketWriter',
  ],
])('%s is an error of the code, which would fail every record', async (_, send, code, owner) => {
  const { client, inputs } = memoryClient();
  await expect(send(client)).rejects.toMatchObject({ name: 'ConfigurationError', code, owner });
  expect(inputs).toEqual([]);
});
