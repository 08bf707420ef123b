import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AcceptedMessage, acceptedBy } from '../../src/emulators/accepted-messages.ts';
import { type Emulators, launchEmulators } from '../../src/emulators/start-emulators.ts';

let aws: Emulators;
let accepted: AcceptedMessage[];

beforeAll(async () => {
  aws = await launchEmulators({}, (messages) => void accepted.push(...messages));
});
afterAll(() => aws.stop());
beforeEach(() => {
  accepted = [];
});

const HARD = `{"text":"<&é\n'\\"]"}`;

test('messages of a topic, one by one and in batches, without those that were refused', async () => {
  const sns = new SNSClient(aws.sns);
  const { TopicArn } = await sns.send(
    new CreateTopicCommand({ Name: 'invoices.fifo', Attributes: { FifoTopic: 'true' } }),
  );
  const fifo = (id: string) => ({ MessageGroupId: `group ${id}`, MessageDeduplicationId: id });
  const one = await sns.send(new PublishCommand({ TopicArn, Message: HARD, ...fifo('1') }));
  const { Successful } = await sns.send(
    new PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'A', ...fifo('2') },
        { Id: 'refused', Message: 'R', MessageGroupId: 'no deduplication' },
        { Id: 'b', Message: HARD, ...fifo('3') },
      ],
    }),
  );
  expect(Successful).toHaveLength(2);
  const message = (id: string | undefined, group: string, body: string): AcceptedMessage => ({
    service: 'sns',
    name: 'invoices.fifo',
    id: `${id}`,
    groupId: `group ${group}`,
    body,
  });
  expect(accepted).toEqual([
    message(one.MessageId, '1', HARD),
    message(Successful?.[0]?.MessageId, '2', 'A'),
    message(Successful?.[1]?.MessageId, '3', HARD),
  ]);
  await expect(
    sns.send(new PublishCommand({ TopicArn: `${TopicArn}x`, Message: 'nowhere' })),
  ).rejects.toThrow();
  expect(accepted).toHaveLength(3);
});

test('messages sent to a queue, one by one and in batches, and not those received', async () => {
  const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'failed' }));
  const one = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: HARD }));
  const batch = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'refused', MessageBody: '\u0001' },
        { Id: 'a', MessageBody: 'A' },
      ],
    }),
  );
  expect(batch.Failed).toMatchObject([{ Id: 'refused' }]);
  expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toHaveLength(1);
  const message = (id: string | undefined, body: string): AcceptedMessage => ({
    service: 'sqs',
    name: 'failed',
    id: `${id}`,
    groupId: undefined,
    body,
  });
  expect(accepted).toEqual([message(one.MessageId, HARD), message(batch.Successful?.[0]?.MessageId, 'A')]);
});

test('objects put into a bucket, and not those read', async () => {
  const s3 = new S3Client(aws.s3);
  await s3.send(new CreateBucketCommand({ Bucket: 'files' }));
  await s3.send(new PutObjectCommand({ Bucket: 'files', Key: 'a/b c.json', Body: HARD }));
  await s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'a/b c.json' }));
  expect(accepted).toEqual([
    { service: 's3', name: 'files', id: 'a/b c.json', groupId: undefined, body: HARD },
  ]);
});

const EXCHANGE = { target: undefined, body: undefined, statusCode: 200, answer: '' };

test.each([
  ['a part of an upload', { method: 'PUT', url: '/files/a?partNumber=1&uploadId=x' }],
  ['a new bucket', { method: 'PUT', url: '/files' }],
  ['a new bucket, written as a folder', { method: 'PUT', url: '/files/' }],
  ['an object that was refused', { method: 'PUT', url: '/files/a', statusCode: 404 }],
  ['the bytes of an object', { method: 'GET', url: '/files/a', answer: Buffer.from('x') }],
  ['another action', { method: 'POST', url: '/', body: { Action: 'CreateTopic' } }],
])('%s is not a message', (_name, exchange) => {
  expect(acceptedBy({ ...EXCHANGE, ...exchange })).toEqual([]);
});

test('an object without bytes is empty', () => {
  expect(acceptedBy({ ...EXCHANGE, method: 'PUT', url: '/files/a?x-id=PutObject' })).toMatchObject([
    { name: 'files', id: 'a', body: '' },
  ]);
});

test('a message may be sent to the ARN of a target', () => {
  const body = { Action: 'Publish', TargetArn: 'arn:aws:sns:us-east-1:000000000000:invoices', Message: 'm' };
  const answer = '<PublishResult><MessageId>1</MessageId></PublishResult>';
  expect(acceptedBy({ ...EXCHANGE, method: 'POST', url: '/', body, answer })).toMatchObject([
    { service: 'sns', name: 'invoices', id: '1', body: 'm' },
  ]);
});

test('the context of a message is its attribute traceparent', async () => {
  const MessageAttributes = {
    first: { DataType: 'String', StringValue: 'x' },
    traceparent: { DataType: 'String', StringValue: 'context' },
  };
  const sns = new SNSClient(aws.sns);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'traced' }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'm', MessageAttributes }));
  await sns.send(
    new PublishBatchCommand({
      TopicArn,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'm', MessageAttributes },
        { Id: 'b', Message: 'm', MessageAttributes: { first: MessageAttributes.first } },
      ],
    }),
  );
  const sqs = new SQSClient({ ...aws.sqs, useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'traced' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', MessageAttributes }));
  expect(accepted.map(({ service, traceparent }) => [service, traceparent])).toEqual([
    ['sns', 'context'],
    ['sns', 'context'],
    ['sns', undefined],
    ['sqs', 'context'],
  ]);
});
