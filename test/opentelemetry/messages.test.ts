import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createTraceState, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { tracing } from '../../src/opentelemetry/index.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { publishTo, toCloudEvent } from '../../src/sinks/index.ts';
import { tracedAttributes } from '../../src/sinks/message/message-trace.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import type { Sink, SinkRecord } from '../../src/sinks/sink.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { setRecordTrace } from '../../src/trace-context/record-trace.ts';
import { traceparentOf, xrayHeaderOf } from '../../src/trace-context/trace-context.ts';
import { contextOf, eventOf, memoryLogger } from '../fixtures/events.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import type { FakeEntry } from '../fixtures/fake-aws/service.ts';
import { endedSpans, inSpan, startTelemetry, stopTelemetry, UNSAMPLED, unsampled } from './telemetry.ts';

let fake: FakeAws;
beforeAll(async () => {
  fake = await FakeAws.start();
});
beforeEach(() => {
  fake.reset();
  startTelemetry();
});
afterAll(async () => {
  stopTelemetry();
  await fake.stop();
});

const topicArn = (name = 'payments') => `arn:aws:sns:eu-central-1:123456789012:${name}`;
const topic = (options: object = {}) =>
  snsTopic({ topicArn: topicArn(), client: new SNSClient(fake.connection), ...options });
const queue = (name = 'payments') =>
  sqsQueue({
    queueUrl: `${fake.connection.endpoint}/123456789012/${name}`,
    client: new SQSClient(fake.connection),
  });
const bus = () => eventBus({ source: 'test', client: new EventBridgeClient(fake.connection) });

/** The attributes of a message, by name, whatever the protocol. */
function attributesOf({ service, raw }: FakeEntry): Record<string, string> {
  if (service === 'sqs') {
    const { MessageAttributes = {} } = raw as unknown as {
      MessageAttributes?: Record<string, { StringValue: string }>;
    };
    return Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, value.StringValue]),
    );
  }
  const fields = raw as Record<string, string>;
  const names = Object.keys(fields).filter((path) => path.endsWith('.Name'));
  return Object.fromEntries(
    names.map((path) => [fields[path] ?? '', fields[path.replace('.Name', '.Value.StringValue')] ?? '']),
  );
}

/** Handles the records of an event whose handlers send one message each, at the same time. Returns what arrived. */
async function sent(
  handler: (record: { keys: { id?: string }; newImage: unknown }) => unknown,
  { records = 5, logger = memoryLogger() } = {},
): Promise<readonly FakeEntry[]> {
  const handle = streamRouter<{ id: string }>({ logger }).use(tracing()).onInsert(handler);
  await inSpan('invocation', () => handle(eventOf(...Array(records).fill({})), contextOf()));
  return fake.accepted;
}

/** The `traceparent` of the span of each record, by item. */
async function contexts(): Promise<ReadonlyMap<string, string>> {
  const spans = (await endedSpans()).filter(({ name }) => name === 'process Invoices');
  return new Map(
    spans.map((span) => [
      `item-${BigInt(`${span.attributes['streamlane.sequence_number']}`) - 400_000_000_000_000_000_001n}`,
      traceparentOf(span.spanContext()),
    ]),
  );
}

describe('a message carries the context of its own record, although requests mix records', () => {
  test.each<[string, () => Sink]>([
    ['a topic', topic],
    ['a queue', queue],
  ])('to %s', async (_name, sink) => {
    const target = sink();
    const entries = await sent((record) => target.send({ id: record.keys.id }, { record: record as never }), {
      records: 12,
    });
    expect(fake.requests.length).toBeLessThan(12);
    const spans = await contexts();
    expect(new Set(spans.values()).size).toBe(12);
    for (const entry of entries) {
      const { id } = JSON.parse(entry.text) as { id: string };
      expect(attributesOf(entry)).toEqual({ traceparent: spans.get(id) });
    }
  });

  test('to a bus, in the form of X-Ray', async () => {
    const target = bus();
    const entries = await sent((record) => target.send({ id: record.keys.id }, { record: record as never }));
    const spans = await contexts();
    for (const entry of entries) {
      const { id } = JSON.parse(entry.text) as { id: string };
      const [, traceId = '', spanId = ''] = spans.get(id)?.split('-') ?? [];
      expect(entry.raw).toMatchObject({ TraceHeader: xrayHeaderOf({ traceId, spanId, traceFlags: 1 }) });
    }
  });

  test('in the extension of CloudEvents', async () => {
    const entries = await sent(publishTo(queue(), toCloudEvent as never) as never);
    const spans = await contexts();
    for (const entry of entries) {
      const event = JSON.parse(entry.text) as { subject: string; traceparent: string };
      expect(event.traceparent).toBe(spans.get((JSON.parse(event.subject) as { id: string }).id));
    }
  });

  test('with the state of the trace', async () => {
    const state = createTraceState('vendor=1');
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .onInsert(async (record) => {
        await Promise.all([topic().send('x', { record }), queue().send(toCloudEvent(record), { record })]);
      });
    await unsampledWith(state, () => handle(eventOf({}), contextOf()));
    const traceparent = traceparentOf(UNSAMPLED);
    expect(fake.accepted.map(attributesOf)).toEqual([
      { traceparent, tracestate: 'vendor=1' },
      { traceparent, tracestate: 'vendor=1' },
    ]);
    const event = fake.accepted.find(({ service }) => service === 'sqs')?.text ?? '';
    expect(JSON.parse(event)).toMatchObject({ traceparent, tracestate: 'vendor=1' });
  });
});

async function unsampledWith(traceState: ReturnType<typeof createTraceState>, run: () => Promise<unknown>) {
  const { context } = await import('@opentelemetry/api');
  await context.with(trace.setSpanContext(context.active(), { ...UNSAMPLED, traceState }), run);
}

test('a message of middleware about a record that no route takes carries the context of the invocation', async () => {
  const handle = streamRouter({ logger: false })
    .use(tracing())
    .use((record) => topic().send('x', { record }));
  const traceparent = await inSpan('invocation', async (span) => {
    await handle(eventOf({}), contextOf());
    return traceparentOf(span);
  });
  await handle(eventOf({}), contextOf());
  expect(fake.accepted.map(attributesOf)).toEqual([{ traceparent }, {}]);
});

test('messages of an unsampled invocation say so', async () => {
  const handle = streamRouter({ logger: false })
    .use(tracing())
    .onInsert((record) => topic().send('x', { record }));
  await unsampled(() => handle(eventOf({}), contextOf()));
  expect(fake.accepted.map(attributesOf)).toEqual([{ traceparent: traceparentOf(UNSAMPLED) }]);
});

test('messages carry nothing without tracing, and without an SDK', async () => {
  const handler = async (record: never): Promise<void> => {
    await Promise.all([
      topic().send('x', { record }),
      bus().send({}, { record }),
      queue().send(toCloudEvent(record), { record }),
    ]);
  };
  await streamRouter({ logger: false }).onInsert(handler as never)(eventOf({}), contextOf());
  stopTelemetry();
  await streamRouter({ logger: false })
    .use(tracing())
    .onInsert(handler as never)(eventOf({}), contextOf());
  expect(fake.accepted).toHaveLength(6);
  expect(JSON.stringify(fake.accepted)).not.toMatch(/trace/i);
});

test('an assignment does not change the trace of a message', () => {
  const record = {} as SinkRecord;
  const logger = memoryLogger();
  setRecordTrace(record, { context: { ...UNSAMPLED, traceState: undefined }, logger });
  const attributes = tracedAttributes(undefined, record, { target: '', bytes: 0, maxBytes: 1000 }) as Record<
    string,
    unknown
  >;
  attributes.traceparent = { DataType: 'String', StringValue: 'another' };
  expect(attributes).toEqual({
    traceparent: { DataType: 'String', StringValue: traceparentOf(UNSAMPLED) },
  });
});

describe('a message without room for the trace', () => {
  const texts = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, 'x']));

  test.each<[string, number, object, object]>([
    ['9 attributes', 9, {}, { traceparent: expect.any(String) }],
    ['10 attributes', 10, {}, {}],
    ['an own traceparent', 1, { traceparent: 'own' }, { traceparent: 'own' }],
  ])('%s', async (_name, count, own, expected) => {
    const attributes = { ...texts(count), ...own };
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .onInsert((record) => topic().send('x', { record, attributes }));
    const state = createTraceState('vendor=1');
    await unsampledWith(state, () => handle(eventOf({}), contextOf()));
    expect(attributesOf(fake.accepted[0] as FakeEntry)).toEqual({ ...texts(count), ...expected });
  });

  test.each([
    ['just enough bytes', 1024 - 'traceparentString'.length - 55, true],
    ['one byte too few', 1024 - 'traceparentString'.length - 54, false],
  ])('%s', async (_name, bytes, fits) => {
    const logger = memoryLogger();
    const [entry] = await sent(
      (record) => topic({ maxMessageBytes: 1024 }).send('x'.repeat(bytes), { record: record as never }),
      { records: 1, logger },
    );
    expect(Object.keys(attributesOf(entry as FakeEntry))).toEqual(fits ? ['traceparent'] : []);
    const dropped = logger.entries.filter(
      ({ message }) => message === 'The trace does not fit into the message',
    );
    expect(dropped).toEqual(
      fits
        ? []
        : [
            {
              level: 'debug',
              message: expect.any(String),
              fields: {
                eventID: '0'.repeat(32),
                sequenceNumber: '400000000000000000001',
                tableName: 'Invoices',
                target: topicArn(),
                attributes: 0,
                bytes,
              },
            },
          ],
    );
  });

  test('of the largest size arrives', async () => {
    const [entry] = await sent((record) => queue().send('x'.repeat(1_048_576), { record: record as never }), {
      records: 1,
    });
    expect(entry?.bytes).toBe(1_048_576);
  });
});

describe('the trace does not make a message another one', () => {
  test.each([
    ['text', () => 'x'],
    ['an object', () => ({ a: 1 })],
    ['a CloudEvent', toCloudEvent],
  ])('%s to a FIFO queue has the same id at each delivery', async (_name, toMessage) => {
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .onInsert(publishTo(queue('payments.fifo'), toMessage as never) as never);
    for (const name of ['first', 'second']) await inSpan(name, () => handle(eventOf({}), contextOf()));
    expect(fake.requests).toHaveLength(2);
    // The fake drops duplicates, as AWS does.
    expect(fake.accepted).toHaveLength(1);
  });

  test('two messages that differ in a traceparent of the handler stay two', async () => {
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .onInsert(async (record) => {
        const target = queue('payments.fifo');
        await target.send({ traceparent: 'a' }, { record });
        await target.send({ traceparent: 'b' }, { record });
      });
    await inSpan('invocation', () => handle(eventOf({}), contextOf()));
    expect(fake.accepted).toHaveLength(2);
  });

  test('an object of a bucket has the same key at each delivery', async () => {
    const bucket = bucketWriter({ bucket: 'events', client: new S3Client(fake.connection) });
    const handle = streamRouter({ logger: false })
      .use(tracing())
      .onInsert(publishTo(bucket as Sink, toCloudEvent as never) as never);
    for (const name of ['first', 'second']) await inSpan(name, () => handle(eventOf({}), contextOf()));
    const keys = new Set(fake.accepted.map(({ target }) => target));
    expect(keys.size).toBe(1);
  });
});
