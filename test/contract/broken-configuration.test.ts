import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { retry } from '../../src/middleware/retry.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { publishTo } from '../../src/sinks/index.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { upTo } from '../sinks/sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => {
  fake.reset();
  // Nothing of the machine that runs the tests.
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
});
afterEach(() => vi.unstubAllEnvs());

const FAILED = { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] };
const region = 'eu-central-1';
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };

interface ClientOptions {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoint?: string;
  readonly maxAttempts: number;
}

const SINKS: readonly (readonly [name: string, make: (options: ClientOptions) => Sink])[] = [
  [
    'snsTopic',
    (o) =>
      snsTopic({
        topicArn: 'arn:aws:sns:eu-central-1:123456789012:t',
        client: new SNSClient(o),
        attempts: 2,
      }),
  ],
  [
    'sqsQueue',
    (o) =>
      sqsQueue({
        queueUrl: 'https://q/q',
        client: new SQSClient({ ...o, useQueueUrlAsEndpoint: false }),
        attempts: 2,
      }),
  ],
  ['eventBus', (o) => eventBus({ source: 's', client: new EventBridgeClient(o), attempts: 2 })],
  [
    'tableWriter',
    (o) => tableWriter({ tableName: 'Totals', keys: ['id'], client: new DynamoDBClient(o), attempts: 2 }),
  ],
  [
    'bucketWriter',
    (o) =>
      bucketWriter({ bucket: 'bucket', client: new S3Client({ ...o, forcePathStyle: true }), attempts: 2 }),
  ],
];

/** Ten records to a sink, behind a policy that puts aside all that it may. */
async function play(sink: Sink) {
  const letters: unknown[] = [];
  const logger = memoryLogger();
  const letterSink = { target: 'letters', send: async (letter: unknown) => void letters.push(letter) };
  const router = streamRouter<{ id: string }>({ logger })
    .use(deadLetter(letterSink, { when: 'exhausted' }))
    .use(retry({ attempts: 2, backoff: { minMs: 0, maxMs: 0 } }))
    .onInsert(publishTo(sink, ({ keys }) => ({ ...keys })));
  const response = await router(eventOf(...upTo(10).map((n) => ({ id: `item-${n}` }))), contextOf(60_000));
  const [failure] = logger.entries.filter(({ message }) => message === 'Record failed');
  return { letters, response, error: failure?.fields.error as Error };
}

describe.each(SINKS)('%s', (_, make) => {
  test.each<[what: string, options: Partial<ClientOptions>, name: string]>([
    ['without a region', { credentials }, 'Region is missing'],
    ['with a region that is none', { credentials, region: 'eu central' }, 'Region not accepted'],
    ['without credentials', { region }, 'CredentialsProviderError'],
    [
      'with credentials that are none',
      { region, credentials: {} as never },
      'Resolved credential object is not valid',
    ],
    [
      'with an endpoint that is not a URL',
      { region, credentials, endpoint: 'nonsense' },
      'TypeError ERR_INVALID_URL',
    ],
    [
      'with an endpoint where nothing listens',
      { region, credentials, endpoint: 'http://127.0.0.1:1' },
      'ECONNREFUSED',
    ],
  ])('%s fails the records, and puts none of them aside', async (_what, options, name) => {
    const { letters, response, error } = await play(make({ maxAttempts: 1, ...options }));
    expect(response).toEqual(FAILED);
    expect(letters).toEqual([]);
    expect(error).toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: false });
    expect(error.message).toContain(name);
  });

  test('whose target refuses everything with a code that is not known puts nothing aside', async () => {
    fake.fault = () => ({ code: 'SomethingNew', senderFault: true });
    const { letters, response, error } = await play(make(fake.connection));
    expect(response).toEqual(FAILED);
    expect(letters).toEqual([]);
    expect(error.message).toContain('SomethingNew');
  });
});

test('tableWriter with wrong keys puts nothing aside', async () => {
  const client = new DynamoDBClient(fake.connection);
  const { letters, response, error } = await play(tableWriter({ tableName: 'Totals', keys: ['pk'], client }));
  expect(response).toEqual(FAILED);
  expect(letters).toEqual([]);
  expect(error).toMatchObject({ code: 'KEYS_MISMATCH' });
});

test('a record becomes a dead letter if only its message is refused', async () => {
  fake.fault = ({ entries }) =>
    entries.some(({ text }) => text.includes('item-7'))
      ? { code: 'SomethingNew', senderFault: true }
      : undefined;
  const client = new SNSClient(fake.connection);
  const { letters, response } = await play(
    snsTopic({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:t', client }),
  );
  expect(response).toEqual({ batchItemFailures: [] });
  expect(letters).toMatchObject([{ record: { dynamodb: { Keys: { id: { S: 'item-7' } } } } }]);
});
