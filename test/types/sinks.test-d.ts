import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expectTypeOf, test } from 'vitest';
import { changed, defineTable, itemOf, type RecordContext, streamRouter } from '../../src/index.ts';
import { type TableWriter, tableWriter } from '../../src/sinks/dynamodb.ts';
import { type EventBus, eventBus } from '../../src/sinks/event-bridge.ts';
import {
  type CloudEvent,
  createSink,
  type EntryOutcome,
  publishTo,
  type RequestContext,
  type SendOptions,
  type Sink,
  toCloudEvent,
} from '../../src/sinks/index.ts';
import { type BucketWriter, bucketWriter } from '../../src/sinks/s3.ts';
import { type PublishOptions, type SnsTopic, snsTopic } from '../../src/sinks/sns.ts';
import { type SqsQueue, sqsQueue } from '../../src/sinks/sqs.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  total: number;
}

const topic = snsTopic({ topicArn: 'arn', client: new SNSClient() });
const queue = sqsQueue({ queueUrl: 'url' });
const bus = eventBus({ source: 'com.example' });
const table = tableWriter({ tableName: 'Totals', keys: ['customerId'] });
const bucket = bucketWriter({ bucket: 'archive' });

describe('every sink', () => {
  test('is a Sink, whatever it takes besides', () => {
    expectTypeOf<SnsTopic>().toExtend<Sink>();
    expectTypeOf<SqsQueue>().toExtend<Sink>();
    expectTypeOf<EventBus>().toExtend<Sink>();
    expectTypeOf<TableWriter>().toExtend<Sink>();
    expectTypeOf<BucketWriter>().toExtend<Sink>();
    expectTypeOf(topic.publish).toEqualTypeOf<(message: unknown, options: PublishOptions) => Promise<void>>();
    expectTypeOf<Sink['send']>().returns.toEqualTypeOf<Promise<void>>();
  });

  test('takes the records of routers, whatever they declare', () => {
    streamRouter<Invoice>()
      .onInsert((record) => topic.publish(record.newImage, { record }))
      .onModify((record) => queue.send(record.oldImage, { record, delaySeconds: 5 }))
      .onRemove((record) => bucket.send(record.oldImage, { record, key: record.eventID }));
    streamRouter({ viewType: 'KEYS_ONLY' }).onInsert((record) => table.put({}, { record }));
    const invoices = defineTable({
      name: 'Invoices',
      item: itemOf<Invoice>(),
      keys: ['customerId', 'invoiceId'],
      viewType: 'NEW_IMAGE',
    });
    streamRouter(invoices).onInsert((record) => bus.send(record.newImage, { record, detailType: 'Created' }));
  });

  test('needs the record of a message, or detached: true', () => {
    streamRouter<Invoice>().onInsert(async (record) => {
      // @ts-expect-error neither
      await topic.publish('text');
      // @ts-expect-error neither
      await topic.publish('text', {});
      // @ts-expect-error neither
      await queue.send('text', { groupId: 'g' });
      // @ts-expect-error neither
      await bus.send({}, { detailType: 'd' });
      // @ts-expect-error neither
      await table.put({});
      // @ts-expect-error neither
      await table.delete({});
      // @ts-expect-error neither
      await bucket.send({}, { key: 'k' });
      // @ts-expect-error not both
      await topic.publish('text', { record, detached: true });
      // @ts-expect-error false says nothing
      await topic.publish('text', { detached: false });
      await table.put({}, { record, signal: new AbortController().signal });
      await table.delete({}, { detached: true });
    });
  });

  test('takes its own options and no other', () => {
    topic.publish('text', {
      detached: true,
      subject: 's',
      groupId: 'g',
      signal: new AbortController().signal,
    });
    // @ts-expect-error there are no delays in SNS
    topic.publish('text', { detached: true, delaySeconds: 1 });
    // @ts-expect-error there are no subjects in SQS
    queue.send('text', { detached: true, subject: 's' });
    // @ts-expect-error an attribute is text, a number or bytes
    topic.publish('text', { detached: true, attributes: { paid: true } });
    // @ts-expect-error an item is an object
    table.put('text', { detached: true });
    // @ts-expect-error a topic is needed
    snsTopic({});
    // @ts-expect-error a client of another service
    snsTopic({ topicArn: 'arn', client: new SQSClient() });
    // @ts-expect-error a table has one or two key attributes
    tableWriter({ tableName: 'Totals', keys: [] });
  });
});

describe('publishTo', () => {
  test('knows the record of its route', () => {
    streamRouter<Invoice>()
      .onInsert(
        publishTo(topic, (record, context) => {
          expectTypeOf(record.newImage).toEqualTypeOf<Invoice>();
          expectTypeOf(context).toEqualTypeOf<RecordContext>();
          // @ts-expect-error an INSERT has no old image
          record.oldImage;
          return record.newImage.total;
        }),
      )
      .onModify(
        changed('total'),
        publishTo(queue, ({ oldImage, newImage }) => newImage.total - oldImage.total, {
          attributes: { a: 1 },
        }),
      )
      .onRemove(
        publishTo(
          bus,
          (record) => toCloudEvent(record),
          ({ oldImage }) => ({ detailType: oldImage.invoiceId }),
        ),
      )
      .onRemove(publishTo(bucket, toCloudEvent));
  });

  test('takes the options of its sink', () => {
    // @ts-expect-error there are no delays in SNS
    publishTo(topic, () => 'text', { delaySeconds: 1 });
    // @ts-expect-error the record is the one that is handled
    publishTo(topic, () => 'text', { record: undefined });
    const own: Sink<SendOptions & { readonly colour?: string }> = { target: 'own', send: async () => {} };
    publishTo(own, () => 'text', { colour: 'red' });
  });
});

test('toCloudEvent takes any record', () => {
  streamRouter({ viewType: 'KEYS_ONLY' }).onInsert((record) => {
    expectTypeOf(toCloudEvent(record)).toEqualTypeOf<CloudEvent>();
  });
});

describe('createSink', () => {
  const limits = { target: 'https://example.com', maxEntries: 10, maxBytes: 1000 };

  test('takes any message as JSON text, unless its type is given', () => {
    const sink = createSink({
      ...limits,
      async request(entries, context) {
        expectTypeOf(entries).toEqualTypeOf<readonly string[]>();
        expectTypeOf(context).toEqualTypeOf<RequestContext>();
        return 'accepted';
      },
    });
    expectTypeOf(sink).toEqualTypeOf<Sink>();
    const invoices = createSink<Invoice>({ ...limits, request: async () => 'accepted' });
    expectTypeOf(invoices).toEqualTypeOf<Sink<SendOptions, Invoice>>();
    expectTypeOf(invoices).toExtend<Sink>();
    invoices.send({ customerId: 'c', invoiceId: 'i', total: 1 }, { detached: true });
    // @ts-expect-error not an invoice
    invoices.send({ id: 1 }, { detached: true });
    // @ts-expect-error neither record nor detached
    invoices.send({ customerId: 'c', invoiceId: 'i', total: 1 }, {});
    streamRouter<Invoice>()
      .onInsert(publishTo(invoices, ({ newImage }) => newImage))
      .onInsert(publishTo(invoices, async ({ newImage }) => ({ ...newImage, total: 0 })))
      // @ts-expect-error not an invoice
      .onInsert(publishTo(invoices, ({ newImage }) => newImage.total));
  });

  test('knows its entries and its options from entryOf', () => {
    const sink = createSink({
      ...limits,
      entryOf: ({ invoiceId }: Invoice, { urgent }: SendOptions & { readonly urgent?: boolean }) => ({
        id: invoiceId,
        urgent,
      }),
      bytesOf: ({ id }) => id.length,
      orderBy: ({ customerId }) => customerId,
      async request(entries) {
        expectTypeOf(entries).toEqualTypeOf<readonly { id: string; urgent: boolean | undefined }[]>();
        return entries.map(({ urgent }) => (urgent ? 'accepted' : { code: 'Busy', retryable: true }));
      },
    });
    sink.send({ customerId: 'c', invoiceId: 'i', total: 1 }, { detached: true, urgent: true });
    // @ts-expect-error there is no such option
    sink.send({ customerId: 'c', invoiceId: 'i', total: 1 }, { detached: true, slow: true });
    publishTo(sink, (record: { newImage: Invoice } & Parameters<typeof toCloudEvent>[0]) => record.newImage, {
      urgent: true,
    });
  });

  test('needs an outcome for each entry', () => {
    const byId = new Map<string, EntryOutcome>();
    createSink({ ...limits, request: async (entries) => entries.map((entry) => byId.get(entry)) });
    createSink({ ...limits, request: async (entries) => entries.map(() => 'accepted') });
    // @ts-expect-error nothing is said
    createSink({ ...limits, request: async () => {} });
    // @ts-expect-error not an outcome
    createSink({ ...limits, request: async (entries) => entries.map(() => true) });
    // @ts-expect-error whether it may be tried again has to be said
    createSink({ ...limits, request: async () => [{ code: 'X' }] });
    // @ts-expect-error a limit is missing
    createSink({ target: 't', maxEntries: 1, request: async () => 'accepted' });
    // @ts-expect-error a client is for the sinks of AWS
    createSink({ ...limits, client: new SNSClient(), request: async () => 'accepted' });
  });
});
