import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditEntry, auditKeyOf, auditTrail } from '../../src/audit/index.ts';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { streamRouter } from '../../src/index.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { testStream } from '../../src/testing/index.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { contextOf, memoryLogger } from '../fixtures/events.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  step: number;
  tags: Set<string>;
  card: { number: string; holder: string };
}

const ITEMS = 12;
const STEPS = 4;
const SECRET = '4111-1111';

let emulators: Emulators;

beforeAll(async () => {
  emulators = await emulatedServers();
  await new DynamoDBClient(emulators.dynamodb).send(
    new CreateTableCommand({
      TableName: 'Audit',
      AttributeDefinitions: [
        { AttributeName: 'itemKey', AttributeType: 'S' },
        { AttributeName: 'position', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'itemKey', KeyType: 'HASH' },
        { AttributeName: 'position', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});

afterAll(() => emulators?.stop());

/** The lives of some invoices, in turns. */
function lives(): DynamoDBStreamEvent {
  const stream = testStream<Invoice>({ name: 'Invoices', keys: ['customerId', 'invoiceId'] });
  const at = (item: number, step: number): Invoice => ({
    customerId: `C/${item % 3}`,
    invoiceId: `I=${item}`,
    step,
    tags: new Set([`s${step}`]),
    card: { number: `${SECRET}-${step}`, holder: 'ada' },
  });
  const items = Array.from({ length: ITEMS }, (_, item) => item);
  const steps = Array.from({ length: STEPS - 2 }, (_, step) => step + 1);
  return stream.event([
    ...items.map((item) => stream.insert(at(item, 0))),
    ...steps.flatMap((step) => items.map((item) => stream.modify(at(item, step - 1), at(item, step)))),
    ...items.map((item) => stream.remove(at(item, STEPS - 2))),
  ]);
}

const keyOf = (item: number): string =>
  auditKeyOf('Invoices', { customerId: `C/${item % 3}`, invoiceId: `I=${item}` });

/** A new sandbox that has the event handled, as after a crash: it remembers nothing. */
async function handle(sink: Sink, event: DynamoDBStreamEvent): Promise<void> {
  const audit = auditTrail(sink, { redact: ['card.number'], actor: 'card.holder' });
  const router = streamRouter({ concurrency: 100, logger: memoryLogger() }).use(audit);
  expect(await router(structuredClone(event), contextOf())).toEqual({ batchItemFailures: [] });
}

/** Expects all entries, in this order within each item. Some may have arrived twice. */
function expectHistories(entries: readonly AuditEntry[]): void {
  expect(JSON.stringify(entries)).not.toContain(SECRET);
  for (let item = 0; item < ITEMS; item++) {
    const history = entries.filter(({ itemKey }) => itemKey === keyOf(item));
    const first = [...new Map(history.map((entry) => [entry.position, entry])).values()];
    expect(first.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'MODIFY', 'REMOVE']);
    const positions = first.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted());
    expect(first[1]).toMatchObject({
      actor: 'ada',
      changes: [
        { path: 'card.number', kind: 'changed', before: '[redacted]', after: '[redacted]' },
        { path: 'step', kind: 'changed', before: 0, after: 1 },
        { path: 'tags', kind: 'changed', before: { SS: ['s0'] }, after: { SS: ['s1'] } },
      ],
    });
  }
}

describe('a DynamoDB table', () => {
  test('holds the history of each item, in order, and once after a redelivery', async () => {
    const client = new DynamoDBClient(emulators.dynamodb);
    const sink = () => tableWriter({ tableName: 'Audit', keys: ['itemKey', 'position'], client });
    const event = lives();
    await handle(sink(), event);
    const scan = new ScanCommand({ TableName: 'Audit' });
    const { Items: before = [] } = await client.send(scan);
    await handle(sink(), event);
    const { Items: after = [] } = await client.send(scan);

    expect(before).toHaveLength(ITEMS * STEPS);
    expect(after).toEqual(before);
    for (let item = 0; item < ITEMS; item++) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: 'Audit',
          KeyConditionExpression: 'itemKey = :item',
          ExpressionAttributeValues: { ':item': { S: keyOf(item) } },
        }),
      );
      const names = Items.map((entry) => unmarshall(entry).eventName);
      expect(names).toEqual(['INSERT', 'MODIFY', 'MODIFY', 'REMOVE']);
    }
    expectHistories(after.map((entry) => unmarshall(entry) as AuditEntry).toSorted(byPosition));
  });

  test('holds the changes of a table that has had several streams, in the order of the streams', async () => {
    const client = new DynamoDBClient(emulators.dynamodb);
    const sink = tableWriter({ tableName: 'Audit', keys: ['itemKey', 'position'], client });
    const order = (step: number): Invoice => ({
      customerId: 'C-new',
      invoiceId: 'I-new',
      step,
      tags: new Set(['s']),
      card: { number: SECRET, holder: 'ada' },
    });
    // Each stream begins with the same sequence number, as it may after a table was made anew.
    for (const [step, label] of ['2026-01-01T00:00:00.000', '2026-01-02T00:00:00.000'].entries()) {
      const stream = testStream<Invoice>({ name: 'Invoices', keys: ['customerId', 'invoiceId'] });
      const event = stream.event([stream.insert(order(step)), stream.remove(order(step))]);
      const eventSourceARN = stream.streamArn.replace(/[^/]+$/, label);
      await handle(sink, { Records: event.Records.map((record) => ({ ...record, eventSourceARN })) });
    }
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: 'Audit',
        KeyConditionExpression: 'itemKey = :item',
        ExpressionAttributeValues: {
          ':item': { S: auditKeyOf('Invoices', { customerId: 'C-new', invoiceId: 'I-new' }) },
        },
      }),
    );
    const entries = Items.map((item) => unmarshall(item));
    expect(entries.map(({ eventName }) => eventName)).toEqual(['INSERT', 'REMOVE', 'INSERT', 'REMOVE']);
    expect(entries.map(({ streamArn }) => streamArn.split('/').at(-1).slice(0, 10))).toEqual([
      '2026-01-01',
      '2026-01-01',
      '2026-01-02',
      '2026-01-02',
    ]);
  });
});

describe('a FIFO queue', () => {
  test('delivers the entries of each item in order, and once after a redelivery', async () => {
    const client = new SQSClient({ ...emulators.sqs, useQueueUrlAsEndpoint: false });
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({ QueueName: 'audit.fifo', Attributes: { FifoQueue: 'true' } }),
    );
    const event = lives();
    await handle(sqsQueue({ queueUrl: `${QueueUrl}`, client }), event);
    await handle(sqsQueue({ queueUrl: `${QueueUrl}`, client }), event);

    const entries: AuditEntry[] = [];
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) break;
      entries.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as AuditEntry));
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
    expect(entries).toHaveLength(ITEMS * STEPS);
    expectHistories(entries);
  });
});

describe('a bucket', () => {
  test('gets NDJSON: every entry a line', async () => {
    const client = new S3Client(emulators.s3);
    const Bucket = 'audit';
    await client.send(new CreateBucketCommand({ Bucket }));
    await handle(bucketWriter({ bucket: Bucket, prefix: 'audit/', format: 'ndjson', client }), lives());

    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    const lines: string[] = [];
    for (const { Key } of Contents) {
      expect(Key).toMatch(/^audit\/Invoices\/\d{40}-[0-9a-f]{16}\.ndjson$/);
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const text = `${await Body?.transformToString()}`;
      expect(text.endsWith('\n')).toBe(true);
      lines.push(...text.trimEnd().split('\n'));
    }
    const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
    expect(entries).toHaveLength(ITEMS * STEPS);
    expect(Contents.length).toBeLessThan(ITEMS * STEPS);
    // Objects are named by what they begin with, so a reader sorts what it has read.
    expectHistories(entries.toSorted(byPosition));
  });
});

describe('an event bus', () => {
  test('gets every entry as the detail of an event', async () => {
    // fauxqs has no EventBridge: this notes what PutEvents was asked for, and accepts it.
    const puts: { Detail: string; DetailType: string; Source: string }[] = [];
    const server = createServer(async (request, response) => {
      const body = (await request.toArray()).join('');
      const { Entries } = JSON.parse(body) as { Entries: typeof puts };
      puts.push(...Entries);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(
        JSON.stringify({
          FailedEntryCount: 0,
          Entries: Entries.map((_, index) => ({ EventId: `${index}` })),
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new EventBridgeClient({ ...emulators.sns, endpoint: `http://127.0.0.1:${port}` });
    try {
      const sink = eventBus({ source: 'com.example.invoices', detailType: 'ItemChanged', client });
      await handle(sink, lives());
    } finally {
      client.destroy();
      server.close();
    }
    expect(puts).toHaveLength(ITEMS * STEPS);
    expect(new Set(puts.map(({ DetailType, Source }) => `${Source} ${DetailType}`))).toEqual(
      new Set(['com.example.invoices ItemChanged']),
    );
    expectHistories(puts.map(({ Detail }) => JSON.parse(Detail) as AuditEntry));
  });
});

describe('an entry that its target cannot take', () => {
  test('fails its record with an error that says so, or is made to fit', async () => {
    const client = new DynamoDBClient(emulators.dynamodb);
    const stream = testStream<{ id: string; scan: string }>({ keys: ['id'] });
    // Two legal images, whose entry is larger than an item may be.
    const change = stream.modify(
      { id: 'a', scan: 'x'.repeat(300_000) },
      { id: 'a', scan: 'y'.repeat(300_000) },
    );
    const event = stream.event([change]);
    const sink = tableWriter({ tableName: 'Audit', keys: ['itemKey', 'position'], client });

    const logger = memoryLogger();
    const strict = streamRouter({ logger }).use(auditTrail(sink));
    const { batchItemFailures } = await strict(event, contextOf());
    expect(batchItemFailures).toEqual([{ itemIdentifier: change.dynamodb.SequenceNumber }]);
    expect(logger.entries.find(({ level }) => level === 'error')?.fields.error).toMatchObject({
      code: 'SINK_MESSAGE_TOO_LARGE',
      retryable: false,
    });

    const fitting = streamRouter({ logger }).use(auditTrail(sink, { maxBytes: 380_000 }));
    expect(await fitting(event, contextOf())).toEqual({ batchItemFailures: [] });
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: 'Audit',
        KeyConditionExpression: 'itemKey = :item',
        ExpressionAttributeValues: { ':item': { S: auditKeyOf('TestTable', { id: 'a' }) } },
      }),
    );
    expect(Items.map((entry) => unmarshall(entry).changes)).toEqual([
      [{ path: 'scan', kind: 'changed', before: { TOO_LARGE: 300_002 }, after: 'y'.repeat(300_000) }],
    ]);
  });
});

function byPosition(a: AuditEntry, b: AuditEntry): number {
  return a.position < b.position ? -1 : 1;
}
