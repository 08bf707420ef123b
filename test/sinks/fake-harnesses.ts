import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createSink, type EntryOutcome } from '../../src/sinks/create-sink.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import type { RequestContext } from '../../src/sinks/sink.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import type { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { ENDPOINT_PATH } from '../fixtures/fake-aws/http-endpoint.ts';
import { numberIn, type SinkHarness, type SinkTraits } from './sink-harness.ts';

export type FakeHarness = SinkHarness & { readonly fake: FakeAws };

const text = (bytes: number): string => 'x'.repeat(bytes);
const message = (n: number): object => ({ n });

let items = 0;

/** An item of so many bytes: names and values count. */
export function sizedItem(bytes: number): object {
  const pk = `${++items}`.padStart(8, '0');
  return { pk, x: text(bytes - 'pk'.length - pk.length - 'x'.length) };
}

/** Every sink on the fake, with the name of its service. */
export const FAKE_HARNESSES: readonly (readonly [
  name: string,
  traits: SinkTraits,
  make: (fake: FakeAws) => FakeHarness,
])[] = [
  [
    'snsTopic, standard',
    { perRequest: 10, maxBytes: 262_144, ordered: false },
    (fake) => ({
      ...common(fake, 'sns'),
      sink: (options) =>
        snsTopic({ ...options, topicArn: topic('payments'), client: new SNSClient(fake.connection) }),
    }),
  ],
  [
    'snsTopic, FIFO',
    { perRequest: 10, maxBytes: 262_144, ordered: true },
    (fake) => ({
      ...common(fake, 'sns'),
      sink: (options) =>
        snsTopic({ ...options, topicArn: topic('payments.fifo'), client: new SNSClient(fake.connection) }),
    }),
  ],
  [
    'sqsQueue, standard',
    { perRequest: 10, maxBytes: 1_048_576, ordered: false },
    (fake) => ({
      ...common(fake, 'sqs'),
      sink: (options) =>
        sqsQueue({ ...options, queueUrl: queue('payments'), client: new SQSClient(fake.connection) }),
    }),
  ],
  [
    'sqsQueue, FIFO',
    { perRequest: 10, maxBytes: 1_048_576, ordered: true },
    (fake) => ({
      ...common(fake, 'sqs'),
      sink: (options) =>
        sqsQueue({ ...options, queueUrl: queue('payments.fifo'), client: new SQSClient(fake.connection) }),
    }),
  ],
  [
    'eventBus',
    { perRequest: 10, maxBytes: 1_048_575, ordered: false },
    (fake) => ({
      ...common(fake, 'events'),
      sized: (bytes) => ({ x: text(bytes - 'test'.length - 'INSERT'.length - '{"x":""}'.length) }),
      sink: (options) =>
        eventBus({ ...options, source: 'test', client: new EventBridgeClient(fake.connection) }),
    }),
  ],
  [
    'tableWriter',
    { perRequest: 25, maxBytes: 409_600, ordered: true },
    (fake) => ({
      ...common(fake, 'dynamodb'),
      message: (n, pk) => ({ pk, n }),
      sized: sizedItem,
      sink: (options) =>
        tableWriter({
          ...options,
          tableName: 'Totals',
          keys: ['pk'],
          client: new DynamoDBClient(fake.connection),
        }),
    }),
  ],
  [
    'bucketWriter, objects',
    { perRequest: 1, ordered: true },
    (fake) => ({
      ...common(fake, 's3'),
      options: (key) => ({ key }),
      sink: (options) =>
        bucketWriter({ ...options, bucket: 'archive', client: new S3Client(fake.connection) }),
    }),
  ],
  [
    'bucketWriter, lines',
    { perRequest: 1000, single: false, ordered: false },
    (fake) => ({
      ...common(fake, 's3'),
      sink: (options) =>
        bucketWriter({
          ...options,
          bucket: 'archive',
          format: 'ndjson',
          client: new S3Client(fake.connection),
        }),
    }),
  ],
  [
    'createSink, with an HTTP endpoint',
    {
      perRequest: 10,
      maxBytes: 10_000,
      ordered: true,
      // The one status that HTTP documents for the content of a request.
      refusedRequest: { code: 'ContentTooLarge', senderFault: true, status: 413 },
    },
    (fake) => ({
      ...common(fake, 'http'),
      sized: (bytes) => text(bytes - '""'.length),
      sink: (options) =>
        createSink({
          ...options,
          target: `${fake.connection.endpoint}${ENDPOINT_PATH}`,
          maxEntries: 10,
          maxBytes: 10_000,
          request: postMessages,
        }),
    }),
  ],
];

/** Posts messages as a user of `createSink` would. */
async function postMessages(
  entries: readonly string[],
  { target, signal }: RequestContext,
): Promise<EntryOutcome[]> {
  const response = await fetch(target, { method: 'POST', body: `[${entries.join()}]`, signal });
  const answer = (await response.json()) as { code: string; again: boolean }[] & { code: string };
  if (!response.ok) {
    throw Object.assign(new Error('refused'), { name: answer.code, status: response.status });
  }
  return answer.map(({ code, again }) => (code === undefined ? 'accepted' : { code, retryable: again }));
}

function common(fake: FakeAws, service: string) {
  return {
    service,
    fake,
    message,
    sized: text,
    arrived: async () => fake.accepted.map(({ text }) => numberIn(text)),
  };
}

const topic = (name: string): string => `arn:aws:sns:eu-central-1:123456789012:${name}`;
const queue = (name: string): string => `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`;
