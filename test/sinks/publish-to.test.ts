import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { changed, streamRouter } from '../../src/index.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { publishTo, type SendOptions, type Sink, toCloudEvent } from '../../src/sinks/index.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { contextOf, eventOf, memoryLogger, STREAM_ARN, sequenceNumberAt } from '../fixtures/events.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';
import { UNFINISHED } from '../fixtures/unfinished.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

interface Invoice {
  id: string;
  total: number;
}

const topic = (name = 'payments') =>
  snsTopic({
    topicArn: `arn:aws:sns:eu-central-1:123456789012:${name}`,
    client: new SNSClient(fake.connection),
  });
const router = () => streamRouter<Invoice>({ logger: quietLogger() });
const total = (value: number) => ({ total: { N: `${value}` } });

/** Keeps what it is sent. */
function memorySink(): Sink & { readonly sent: [message: unknown, options: SendOptions | undefined][] } {
  const sent: [unknown, SendOptions | undefined][] = [];
  return { target: 'memory', sent, send: async (message, options) => void sent.push([message, options]) };
}

test('sends one message for each record, and the record succeeds when it was accepted', async () => {
  const payments = topic('payments.fifo');
  const handler = router()
    .onInsert(publishTo(payments, async ({ newImage }) => ({ id: newImage.id, total: newImage.total })))
    .onModify(
      changed('total'),
      publishTo(payments, ({ keys, oldImage }) => `${keys.id} was ${oldImage.total}`, { subject: 'changed' }),
    );
  const event = eventOf(
    { id: 'a', newImage: total(1) },
    { id: 'a', eventName: 'MODIFY', newImage: total(2), oldImage: total(1) },
  );
  expect(await handler(event, contextOf())).toEqual({ batchItemFailures: [] });
  expect(fake.accepted).toMatchObject([
    { text: '{"id":"a","total":1}', groupId: '{"id":"a"}' },
    { text: 'a was 1', groupId: '{"id":"a"}', raw: { Subject: 'changed' } },
  ]);
});

test('fails the record whose message was refused, and no other', async () => {
  fake.refuse = ({ text }) => (text === 'b' ? { code: 'InvalidParameter', senderFault: true } : undefined);
  const handler = router().onInsert(publishTo(topic(), ({ keys }) => keys.id));
  const event = eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' });
  expect(await handler(event, contextOf())).toEqual({
    batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }],
  });
  expect(fake.accepted.map(({ text }) => text).sort()).toEqual(['a', 'c']);
});

test('fails the record when a message was forgotten', async () => {
  const handler = router().onInsert(publishTo(topic(), () => undefined));
  expect((await handler(eventOf({ id: 'a' }), contextOf())).batchItemFailures).toHaveLength(1);
});

test('makes the options of the record where they depend on it', async () => {
  const sink = memorySink();
  const handler = router().onInsert(
    publishTo(
      sink,
      ({ keys }) => keys.id,
      (record) => ({ note: record.eventName }),
    ),
  );
  await handler(eventOf({ id: 'a' }), contextOf());
  expect(sink.sent).toEqual([
    ['a', { note: 'INSERT', record: expect.objectContaining({ eventName: 'INSERT' }) }],
  ]);
});

test.each<[string, () => unknown]>([
  ['resolves', async () => ({ groupId: 'a' })],
  ['rejects', async () => Promise.reject(new Error('lost'))],
])('sends nothing where the options are a promise that %s', async (_, options) => {
  const sink = memorySink();
  const logger = memoryLogger();
  const handler = streamRouter({ logger }).onInsert(publishTo(sink, () => 'text', options as () => object));
  expect((await handler(eventOf({ id: 'a' }), contextOf())).batchItemFailures).toHaveLength(1);
  expect(sink.sent).toEqual([]);
  expect(logger.entries.find(({ message }) => message === 'Record failed')?.fields.error).toMatchObject({
    name: 'ConfigurationError',
    code: 'INVALID_OPTION',
    message: expect.stringContaining('publishTo: the options of a record were a promise'),
  });
});

test.each(UNFINISHED)('sends nothing where the message is %s', async (_, made) => {
  const sink = memorySink();
  const handler = router().onInsert(publishTo(sink, made));
  expect((await handler(eventOf({ id: 'a' }), contextOf())).batchItemFailures).toHaveLength(1);
  expect(sink.sent).toEqual([]);
});

test('ends with the deadline of its invocation, of which the record tells', async () => {
  fake.fault = () => 'hang';
  const logger = quietLogger();
  const handler = streamRouter({ logger, reserveMs: 100 }).onInsert(publishTo(topic(), () => 'text'));
  const response = await handler(eventOf({ id: 'a' }), contextOf(250));
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
});

test('an envelope says which change it was, of which item, in which order', async () => {
  const sink = memorySink();
  const handler = router()
    .onInsert(publishTo(sink, toCloudEvent))
    .onModify(publishTo(sink, toCloudEvent))
    .onRemove(publishTo(sink, toCloudEvent));
  await handler(
    eventOf(
      { id: 'a', newImage: total(1) },
      { id: 'a', eventName: 'MODIFY', newImage: total(2), oldImage: total(1) },
      { id: 'a', eventName: 'REMOVE', oldImage: total(2) },
    ),
    contextOf(),
  );
  const common = {
    specversion: '1.0',
    source: STREAM_ARN,
    subject: '{"id":"a"}',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    partitionkey: '{"id":"a"}',
  };
  const keys = { id: 'a' };
  expect(sink.sent.map(([message]) => message)).toEqual([
    {
      ...common,
      id: '0'.repeat(32),
      type: 'com.amazonaws.dynamodb.INSERT',
      sequence: sequenceNumberAt(0).padStart(40, '0'),
      data: { keys, newImage: { id: 'a', total: 1 } },
    },
    {
      ...common,
      id: `${'0'.repeat(31)}1`,
      type: 'com.amazonaws.dynamodb.MODIFY',
      sequence: sequenceNumberAt(1).padStart(40, '0'),
      data: { keys, newImage: { id: 'a', total: 2 }, oldImage: { id: 'a', total: 1 } },
    },
    {
      ...common,
      id: `${'0'.repeat(31)}2`,
      type: 'com.amazonaws.dynamodb.REMOVE',
      sequence: sequenceNumberAt(2).padStart(40, '0'),
      data: { keys, oldImage: { id: 'a', total: 2 } },
    },
  ]);
});

test.each<[string, unknown, unknown, unknown, string]>([
  ['no sink', undefined, () => 'a', undefined, 'publishTo: the sink has to be'],
  ['what cannot send', { target: 'x' }, () => 'a', undefined, 'publishTo: the sink has to be'],
  [
    'no function',
    memorySink(),
    { total: 1 },
    undefined,
    'publishTo: toMessage has to be a function, got an object',
  ],
  ['text for options', memorySink(), () => 'a', 'subject', 'publishTo: the options have to be'],
  ['a list for options', memorySink(), () => 'a', [], 'publishTo: the options have to be'],
  ['a Map for options', memorySink(), () => 'a', new Map(), 'function, got a Map.'],
  ['a promise for options', memorySink(), () => 'a', Promise.resolve({}), 'function, got a Promise.'],
])('is refused %s before any record comes', (_, sink, toMessage, options, message) => {
  expect(() => publishTo(sink as never, toMessage as never, options as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) }),
  );
});

test('an envelope of a record that says less has what the specification requires', () => {
  const envelope = toCloudEvent({
    eventName: 'INSERT',
    eventID: '',
    sequenceNumber: '7',
    tableName: 'Invoices',
    keys: {},
    approximateCreationDateTime: new Date(Number.NaN),
    raw: {},
  });
  expect(envelope).toMatchObject({ id: '7', source: 'dynamodb/Invoices' });
  expect(envelope).not.toHaveProperty('time');
});

test('an envelope is the detail of an event as well', async () => {
  const { EventBridgeClient } = await import('@aws-sdk/client-eventbridge');
  const bus = eventBus({ source: 'com.example', client: new EventBridgeClient(fake.connection) });
  const handler = router().onInsert(publishTo(bus, toCloudEvent, { detailType: 'InvoiceCreated' }));
  await handler(eventOf({ id: 'a', newImage: total(1) }), contextOf());
  expect(fake.accepted).toMatchObject([{ raw: { DetailType: 'InvoiceCreated' } }]);
  expect(JSON.parse(fake.accepted[0]?.text ?? '')).toMatchObject({ specversion: '1.0' });
});
