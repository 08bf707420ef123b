import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SinkOptions } from '../../../src/sinks/batcher/sink-options.ts';
import { tableWriter } from '../../../src/sinks/dynamodb.ts';
import { eventBus } from '../../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../../src/sinks/s3.ts';
import type { Sink } from '../../../src/sinks/sink.ts';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { FakeAws } from '../../fixtures/fake-aws/fake-aws.ts';
import { recordOf, upTo } from '../sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
afterEach(() => vi.unstubAllEnvs());

function stubEnvironment(endpoint: string | undefined): void {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  // A profile of the developer's may say otherwise.
  vi.stubEnv('AWS_PROFILE', undefined);
  vi.stubEnv('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'false');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
}

test.each<[name: string, make: () => Sink]>([
  ['snsTopic', () => snsTopic({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:payments' })],
  ['sqsQueue', () => sqsQueue({ queueUrl: `${fake.connection.endpoint}/123456789012/payments` })],
  // As emulators name their queues: no host that the SDK should ask in place of the endpoint.
  ['sqsQueue of another host', () => sqsQueue({ queueUrl: 'http://sqs.invalid/123456789012/payments' })],
  ['eventBus', () => eventBus({ source: 'com.example' })],
  ['tableWriter', () => tableWriter({ tableName: 'Totals', keys: ['pk'] })],
  ['bucketWriter', () => bucketWriter({ bucket: 'archive' })],
])('%s makes its client at the first message, once, as the environment says', async (_, make) => {
  fake.reset();
  const sink = make();
  // Only now: a client that was made before would not know.
  stubEnvironment(fake.connection.endpoint);
  await sink.send({ pk: '0' }, { record: recordOf('item') });
  vi.unstubAllEnvs();
  await Promise.all(upTo(2).map((pk) => sink.send({ pk: `${pk}` }, { record: recordOf('item') })));
  expect(fake.accepted).toHaveLength(3);
});

test('sqsQueue asks the host of the queue where the environment names no endpoint', async () => {
  fake.reset();
  stubEnvironment(undefined);
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', undefined);
  await sqsQueue({ queueUrl: `${fake.connection.endpoint}/123456789012/payments` }).send('a', {
    detached: true,
  });
  expect(fake.accepted).toHaveLength(1);
});

/** Every sink with a client of its own. */
const OWN_CLIENTS: readonly (readonly [name: string, make: (options: SinkOptions) => Sink])[] = [
  [
    'snsTopic',
    (options) => snsTopic({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:payments', ...options }),
  ],
  ['sqsQueue', (options) => sqsQueue({ queueUrl: 'http://sqs.invalid/123456789012/payments', ...options })],
  ['eventBus', (options) => eventBus({ source: 'com.example', ...options })],
  ['tableWriter', (options) => tableWriter({ tableName: 'Totals', keys: ['pk'], ...options })],
  ['bucketWriter', (options) => bucketWriter({ bucket: 'archive', ...options })],
];

describe.each(OWN_CLIENTS)('the client that %s makes', (_, make) => {
  test('tries once: the sink tries again', async () => {
    fake.reset();
    stubEnvironment(fake.connection.endpoint);
    // A setting of the environment's would hold the sink's places as well.
    vi.stubEnv('AWS_MAX_ATTEMPTS', '5');
    fake.fault = () => ({ code: 'ThrottlingException', status: 400, senderFault: true });
    const call = make({ attempts: 1 }).send({ pk: '0' }, { record: recordOf('item') });
    await expect(call).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: true });
    expect(fake.requests).toHaveLength(1);
  });

  test('has a socket for each request that may be under way', { timeout: 40_000 }, async () => {
    fake.reset();
    stubEnvironment(fake.connection.endpoint);
    // Answered once all are under way; where they cannot be, after a while.
    const all = eventually(() => expect(fake.underWay).toBe(70)).catch(() => {});
    fake.ready = async () => void (await all);
    const sink = make({ concurrency: 70, requestTimeoutMs: 30_000 });
    const calls = upTo(70).map(async (pk) => {
      // In a turn of its own, so that each is a request.
      for (let turn = 0; turn < pk; turn++) await new Promise(setImmediate);
      await sink.send({ pk: `${pk}` }, { record: recordOf(`item-${pk}`) });
    });
    await Promise.all(calls);
    expect(fake.maxUnderWay).toBe(70);
  });
});
