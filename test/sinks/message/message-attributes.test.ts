import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';
import { FakeAws } from '../../fixtures/fake-aws/fake-aws.ts';
import { upTo } from '../sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:payments';
const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/payments';

describe.each([
  ['snsTopic', 262_144, () => snsTopic({ topicArn: TOPIC, client: new SNSClient(fake.connection) })],
  ['sqsQueue', 1_048_576, () => sqsQueue({ queueUrl: QUEUE, client: new SQSClient(fake.connection) })],
] as const)('%s', (_, maxBytes, make) => {
  const attributes = { größe: 'groß', total: 12.5, signature: new Uint8Array([1, 2, 3]) };
  // Names, types and values, in UTF-8.
  const bytes = 7 + 6 + 5 + (5 + 6 + 4) + (9 + 6 + 3);

  test('counts messages and attributes in bytes of UTF-8', async () => {
    const sink = make();
    await sink.send('ü'.repeat(10), { detached: true, attributes });
    expect(fake.accepted).toMatchObject([{ bytes: 20 + bytes }]);
    await sink.send('x'.repeat(maxBytes - bytes), { detached: true, attributes });
    expect(fake.accepted).toMatchObject([{}, { bytes: maxBytes }]);
    await expect(
      sink.send('x'.repeat(maxBytes - bytes + 1), { detached: true, attributes }),
    ).rejects.toMatchObject({
      code: 'SINK_MESSAGE_TOO_LARGE',
      message: expect.stringContaining(
        `a message of ${maxBytes + 1} bytes was not sent, because the limit is ${maxBytes} bytes`,
      ),
    });
    await expect(sink.send('ü'.repeat(maxBytes / 2 + 1), { detached: true })).rejects.toMatchObject({
      code: 'SINK_MESSAGE_TOO_LARGE',
    });
    expect(fake.requests).toHaveLength(2);
  });

  test('sends up to 10 attributes', async () => {
    const numbered = (count: number) => Object.fromEntries(upTo(count).map((n) => [`a${n}`, n]));
    await make().send('a', { detached: true, attributes: numbered(10) });
    await expect(make().send('a', { detached: true, attributes: numbered(11) })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('can be 10 at most, got 11'),
    });
    expect(fake.accepted).toHaveLength(1);
  });

  test.each([
    ['an empty text', '', 'SINK_MESSAGE_INVALID', 'attribute broken is empty'],
    ['no bytes', new Uint8Array(), 'SINK_MESSAGE_INVALID', 'attribute broken is empty'],
    ['NaN', Number.NaN, 'INVALID_OPTION', 'attributes.broken of a message to'],
    ['true', true, 'INVALID_OPTION', 'has to be text, a finite number or bytes, got a boolean'],
  ])('refuses an attribute that is %s, and names it', async (_, value, code, message) => {
    await expect(
      make().send('a', { detached: true, attributes: { broken: value as string } }),
    ).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

test('a topic for larger messages takes them', async () => {
  const topic = snsTopic({
    topicArn: TOPIC,
    maxMessageBytes: 300_000,
    client: new SNSClient(fake.connection),
  });
  await expect(topic.publish('x'.repeat(300_001), { detached: true })).rejects.toMatchObject({
    code: 'SINK_MESSAGE_TOO_LARGE',
  });
  // The fake is a topic that takes 256 KiB, and says so.
  await expect(topic.publish('x'.repeat(300_000), { detached: true })).rejects.toMatchObject({
    code: 'SINK_ENTRY_REFUSED',
  });
});

test('the subject of a notification is sent and counted', async () => {
  const topic = snsTopic({ topicArn: TOPIC, client: new SNSClient(fake.connection) });
  await topic.publish('a', { detached: true, subject: 'Paid' });
  expect(fake.accepted).toMatchObject([{ bytes: 5, raw: { Subject: 'Paid' } }]);
  expect(topic.publish).toBe(topic.send);
  const tooLarge = topic.publish('x'.repeat(262_144 - 7), { detached: true, subject: 'über 7b' });
  await expect(tooLarge).rejects.toMatchObject({ code: 'SINK_MESSAGE_TOO_LARGE' });
});

test.each([-1, 901, 0.5])('a queue refuses a delay of %d seconds', async (delaySeconds) => {
  const queue = sqsQueue({ queueUrl: QUEUE, client: new SQSClient(fake.connection) });
  await expect(queue.send('a', { detached: true, delaySeconds })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    option: 'delaySeconds',
  });
});

test('a delay is for standard queues', async () => {
  const client = new SQSClient(fake.connection);
  await sqsQueue({ queueUrl: QUEUE, client }).send('a', { detached: true, delaySeconds: 900 });
  expect(fake.accepted).toMatchObject([{ raw: { DelaySeconds: 900 } }]);
  const fifo = sqsQueue({ queueUrl: `${QUEUE}.fifo`, client });
  await expect(fifo.send('a', { detached: true, groupId: 'g', delaySeconds: 1 })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining('FIFO queue has no delaySeconds of its own'),
  });
});

test('throttling of a message is passing, sender or receiver at fault', async () => {
  const topic = snsTopic({ topicArn: TOPIC, client: new SNSClient(fake.connection) });
  fake.refuse = () => (fake.requests.length === 1 ? { code: 'Throttled', senderFault: true } : undefined);
  await topic.publish('a', { detached: true });
  expect(fake.requests).toHaveLength(2);
});
