import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { streamRouter } from '../../../src/index.ts';
import { type PublicationOptions, snsTopic } from '../../../src/sinks/sns.ts';
import { sqsQueue } from '../../../src/sinks/sqs.ts';
import { contextOf, eventOf } from '../../fixtures/events.ts';
import { FakeAws } from '../../fixtures/fake-aws/fake-aws.ts';
import { quietLogger } from '../../fixtures/quiet-logger.ts';
import { recordOf } from '../sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

const sinks = [
  ['snsTopic', () => snsTopic({ topicArn: `${TOPIC}.fifo`, client: new SNSClient(fake.connection) })],
  ['sqsQueue', () => sqsQueue({ queueUrl: `${QUEUE}.fifo`, client: new SQSClient(fake.connection) })],
] as const;

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:payments';
const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/payments';

const groups = (): unknown[] => fake.accepted.map(({ groupId }) => groupId);
const ids = (): unknown[] =>
  fake.requests.flatMap(({ entries }) => entries.map((entry) => entry.deduplicationId));
const texts = (): string[] => fake.accepted.map(({ text }) => text);

describe.each(sinks)('a FIFO target of %s', (_, make) => {
  test('has a group for each item, in whatever order the attributes of its key come', async () => {
    const sink = make();
    await sink.send('a', { record: recordOf('', { keys: { customerId: 'C-7', invoiceId: 4n } }) });
    await sink.send('b', { record: recordOf('', { keys: { invoiceId: 4n, customerId: 'C-7' } }) });
    const group = '{"customerId":"C-7","invoiceId":"4"}';
    expect(groups()).toEqual([group, group]);
  });

  test.each([
    ['is longer than AWS takes', { pk: 'x'.repeat(120) }],
    ['has a space', { pk: 'INV 1' }],
    ['has letters beyond ASCII', { pk: 'Müller' }],
  ])('has a hash for a group where the item key %s', async (_, keys) => {
    const sink = make();
    await sink.send('a', { record: recordOf('', { keys }) });
    await sink.send('b', { record: recordOf('', { keys }) });
    await sink.send('c', { record: recordOf('other item with a space') });
    expect(groups()).toEqual([expect.stringMatching(/^[\da-f]{64}$/), groups()[0], expect.anything()]);
    expect(groups()[2]).not.toBe(groups()[0]);
  });

  test('takes the longest group unchanged', async () => {
    await make().send('a', { record: recordOf('', { keys: { pk: 'x'.repeat(119) } }) });
    expect(groups()).toEqual([`{"pk":"${'x'.repeat(119)}"}`]);
    expect(String(groups()[0])).toHaveLength(128);
  });

  test('takes the ids that it is given', async () => {
    const record = recordOf('item');
    await make().send('a', { record, groupId: 'all', deduplicationId: '1' });
    await make().send('b', { detached: true, groupId: 'with space', deduplicationId: 'ü' });
    expect(groups()).toEqual(['all', expect.stringMatching(/^[\da-f]{64}$/)]);
    expect(ids()).toEqual(['1', expect.stringMatching(/^[\da-f]{64}$/)]);
  });

  test('gets no deduplication id without a record, for it may make one of the content', async () => {
    await make().send('a', { detached: true, groupId: 'all' });
    expect(ids()).toEqual([undefined]);
  });

  test('gets the same message of a record that is delivered again once', async () => {
    const record = recordOf('item');
    await make().send({ total: 1 }, { record });
    // Another sandbox reads the record anew.
    await make().send({ total: 1 }, { record: { ...record } });
    expect(ids()).toEqual([expect.stringMatching(new RegExp(`^${record.eventID}-[\\da-f]{32}$`)), ids()[0]]);
    expect(texts()).toEqual(['{"total":1}']);
  });

  test('gets all messages about a record that differ, and each of them once', async () => {
    const sink = make();
    const record = recordOf('item');
    for (const text of ['created', 'billed', 'created']) await sink.send(text, { record });
    expect(texts()).toEqual(['created', 'billed']);
  });

  test('gets the same message about a record in two groups', async () => {
    const sink = make();
    const record = recordOf('item');
    for (const groupId of ['seller', 'buyer']) await sink.send('paid', { record, groupId });
    expect(groups()).toEqual(['seller', 'buyer']);
  });

  test('gets a message once, in whatever order the attributes and the elements of sets come', async () => {
    const sink = make();
    const record = recordOf('item');
    const bytes = new Uint8Array([1]);
    await sink.send({ id: 1, lines: [{ a: 1, b: bytes }], tags: new Set(['x', 'y']) }, { record });
    await sink.send({ tags: new Set(['y', 'x']), lines: [{ b: bytes, a: 1 }], id: 1 }, { record });
    expect(texts()).toEqual(['{"id":1,"lines":[{"a":1,"b":"AQ=="}],"tags":["x","y"]}']);
    // In a list the order is what it says.
    await sink.send([1, 2], { record });
    await sink.send([2, 1], { record });
    expect(texts()).toHaveLength(3);
  });

  test('gets the same text about two records twice', async () => {
    const sink = make();
    await sink.send('changed', { record: recordOf('item') });
    await sink.send('changed', { record: recordOf('item') });
    expect(texts()).toHaveLength(2);
  });

  test('tells records without an event id by their sequence number', async () => {
    const sink = make();
    const record = recordOf('item', { eventID: '' });
    await sink.send('a', { record });
    expect(ids()).toEqual([expect.stringMatching(new RegExp(`^${record.sequenceNumber}-`))]);
  });

  test('is refused a message that belongs to no group', async () => {
    await expect(make().send('a', { detached: true })).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'RECORD_REQUIRED',
      message: expect.stringContaining('needs a groupId'),
    });
    expect(fake.requests).toEqual([]);
  });
});

test('of messages with other attributes or another subject none is dropped', async () => {
  const topic = snsTopic({ topicArn: `${TOPIC}.fifo`, client: new SNSClient(fake.connection) });
  const record = recordOf('item');
  const variants: PublicationOptions[] = [
    {},
    { subject: 's' },
    { attributes: { a: 1 } },
    { attributes: { a: '1' } },
  ];
  for (const options of variants) await topic.publish('a', { record, ...options });
  expect(new Set(ids()).size).toBe(4);
});

test('a queue drops no message with other attributes', async () => {
  const queue = sqsQueue({ queueUrl: `${QUEUE}.fifo`, client: new SQSClient(fake.connection) });
  const record = recordOf('item');
  for (const a of [1, '1', '2']) await queue.send('a', { record, attributes: { a } });
  expect(texts()).toHaveLength(3);
});

test('a standard target gets no ids but those that it is given', async () => {
  const queue = sqsQueue({ queueUrl: QUEUE, client: new SQSClient(fake.connection) });
  await queue.send('a', { record: recordOf('item') });
  await queue.send('b', { record: recordOf('item'), groupId: 'tenant-1' });
  expect(groups()).toEqual([undefined, 'tenant-1']);
  expect(ids()).toEqual([undefined, undefined]);
});

test('a handler that fails after it has published publishes nothing twice when it runs again', async () => {
  const topic = snsTopic({ topicArn: `${TOPIC}.fifo`, client: new SNSClient(fake.connection) });
  let failures = 1;
  const router = streamRouter<{ id: string }>({ logger: quietLogger() }).onInsert(async (record) => {
    await topic.publish({ created: record.keys.id }, { record });
    if (failures-- > 0) throw new Error('the database is down');
    await topic.publish({ booked: record.keys.id }, { record });
  });
  const event = eventOf({ id: 'INV-1' });
  expect((await router(event, contextOf())).batchItemFailures).toHaveLength(1);
  expect((await router(event, contextOf())).batchItemFailures).toHaveLength(0);
  expect(texts()).toEqual(['{"created":"INV-1"}', '{"booked":"INV-1"}']);
});
