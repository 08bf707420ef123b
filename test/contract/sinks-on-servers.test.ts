import { CreateTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { sizedItem } from '../sinks/fake-harnesses.ts';
import { sinkContract } from '../sinks/sink-contract.ts';
import { numberIn, recordOf, type SinkHarness } from '../sinks/sink-harness.ts';

let aws: Emulators;
let sns: SNSClient;
let sqs: SQSClient;
let s3: S3Client;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  aws = await emulatedServers();
  sns = new SNSClient(aws.sns);
  // A queue's URL names the host that its server believes to have.
  sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
  s3 = new S3Client(aws.s3);
  dynamodb = new DynamoDBClient(aws.dynamodb);
}, 60_000);
afterAll(() => aws?.stop());

const message = (n: number): object => ({ n });
const sized = (bytes: number): string => 'x'.repeat(bytes);

let names = 0;
/** A new name for each test: none reads what another one has sent. */
const newName = (): string => `sinks-${++names}`;

for (const fifo of [false, true]) {
  const kind = fifo ? 'FIFO' : 'standard';

  sinkContract(
    `sqsQueue, ${kind}, on fauxqs`,
    { perRequest: 10, maxBytes: 1_048_576, ordered: fifo },
    async () => {
      const queueUrl = await createQueue(newName(), fifo);
      return queued(queueUrl, (options) => sqsQueue({ ...options, queueUrl, client: sqs }));
    },
  );

  sinkContract(
    `snsTopic, ${kind}, on fauxqs`,
    { perRequest: 10, maxBytes: 262_144, ordered: fifo },
    async () => {
      const name = newName();
      const queueUrl = await createQueue(name, fifo);
      const topicArn = await createTopic(name, fifo);
      return queued(queueUrl, (options) => snsTopic({ ...options, topicArn, client: sns }));
    },
  );
}

sinkContract(
  'tableWriter, on Dynoxide',
  { perRequest: 25, maxBytes: 409_600, ordered: true, replaces: true },
  async () => {
    const tableName = newName();
    await dynamodb.send(
      new CreateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    return {
      service: 'dynamodb',
      sink: (options) => tableWriter({ ...options, tableName, keys: ['pk'], client: dynamodb }),
      message: (n, pk) => ({ pk, n }),
      sized: sizedItem,
      async arrived() {
        const items: string[] = [];
        for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: tableName })) {
          items.push(...Items.map((item) => JSON.stringify(item)));
        }
        return items.map(numberIn);
      },
    };
  },
);

for (const format of ['object', 'ndjson'] as const) {
  sinkContract(
    `bucketWriter, ${format}, on fauxqs`,
    { perRequest: format === 'object' ? 1 : 1000, ordered: false },
    async () => {
      const bucket = newName();
      await s3.send(new CreateBucketCommand({ Bucket: bucket }));
      return {
        service: 's3',
        sink: (options) => bucketWriter({ ...options, bucket, format, client: s3 }),
        message,
        sized,
        arrived: () => numbersInBucket(bucket),
      };
    },
  );
}

test.each<[noun: string, sink: () => Sink]>([
  ['topic', () => snsTopic({ topicArn: `arn:aws:sns:${aws.sns.region}:000000000000:nowhere`, client: sns })],
  ['queue', () => sqsQueue({ queueUrl: `${aws.sqs.endpoint}/000000000000/nowhere`, client: sqs })],
  ['table', () => tableWriter({ tableName: 'nowhere', keys: ['pk'], client: dynamodb })],
  ['bucket', () => bucketWriter({ bucket: 'nowhere', client: s3 })],
])('a %s that does not exist is named by the error, on the server', async (noun, makeSink) => {
  const sink = makeSink();
  await expect(sink.send({ pk: 'a' }, { record: recordOf('a') })).rejects.toMatchObject({
    code: 'SINK_REQUEST_FAILED',
    retryable: false,
    message: expect.stringMatching(
      new RegExp(`nowhere: a message was not accepted: the ${noun} does not exist .* Create the ${noun}, or`),
    ),
  });
});

async function createQueue(name: string, fifo: boolean): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: fifo ? `${name}.fifo` : name,
      Attributes: fifo ? { FifoQueue: 'true' } : {},
    }),
  );
  return QueueUrl;
}

/** A topic that hands on to the queue of the same name. */
async function createTopic(name: string, fifo: boolean): Promise<string> {
  const fullName = fifo ? `${name}.fifo` : name;
  const { TopicArn = '' } = await sns.send(
    new CreateTopicCommand({ Name: fullName, Attributes: fifo ? { FifoTopic: 'true' } : {} }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${aws.sqs.region}:000000000000:${fullName}`,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return TopicArn;
}

function queued(QueueUrl: string, sink: SinkHarness['sink']): SinkHarness {
  return { service: 'sqs', sink, message, sized, arrived: () => drain(QueueUrl) };
}

/** Takes all messages off a queue, one after the other where they are in groups. */
async function drain(QueueUrl: string): Promise<number[]> {
  const numbers: number[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return numbers;
    numbers.push(...Messages.map(({ Body = '' }) => numberIn(Body)));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

async function numbersInBucket(Bucket: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const lines = ((await Body?.transformToString()) ?? '').split('\n').filter((line) => line !== '');
      numbers.push(...lines.map(numberIn));
    }
  }
  return numbers;
}
