import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EventBusOptions, eventBus } from '../../src/sinks/event-bridge.ts';
import { FakeAws } from '../fixtures/fake-aws/fake-aws.ts';
import { recordOf } from './sink-harness.ts';

let fake: FakeAws;

beforeAll(async () => {
  fake = await FakeAws.start();
});
afterAll(() => fake?.stop());
beforeEach(() => fake.reset());

const bus = (options: Partial<EventBusOptions> = {}) =>
  eventBus({ source: 'com.example', client: new EventBridgeClient(fake.connection), ...options });

test('an event is called by its own name, else by that of the bus, else by that of the change', async () => {
  const record = recordOf('item', { eventName: 'MODIFY' });
  await bus().send({}, { record });
  await bus({ detailType: 'InvoiceChanged' }).send({}, { record });
  await bus({ detailType: 'InvoiceChanged' }).send({}, { record, detailType: 'InvoicePaid' });
  expect(fake.accepted.map(({ raw }) => raw.DetailType)).toEqual(['MODIFY', 'InvoiceChanged', 'InvoicePaid']);
  await expect(bus().send({}, { detached: true })).rejects.toMatchObject({
    code: 'RECORD_REQUIRED',
    message: expect.stringContaining('needs a detailType'),
  });
});

test('an event carries source, bus, resources and time, which count', async () => {
  const resources = ['arn:aws:dynamodb:eu-central-1:123456789012:table/Rechnungsköpfe'];
  await bus({ eventBusName: 'invoices' }).send(
    { total: 1 },
    { detached: true, detailType: 'Paid', resources, time: new Date(5000) },
  );
  const texts = ['com.example', 'Paid', '{"total":1}', ...resources];
  expect(fake.accepted).toMatchObject([
    {
      target: 'invoices',
      bytes: 14 + Buffer.byteLength(texts.join('')),
      raw: { Source: 'com.example', Resources: resources, Time: 5 },
    },
  ]);
});

test('the detail may be JSON text of an object', async () => {
  await bus().send('{ "total": 1 }', { detached: true, detailType: 'Paid' });
  expect(fake.accepted).toMatchObject([{ text: '{ "total": 1 }' }]);
});

test.each([['text'], ['[1]'], ['null'], ['1'], [''], [[1]], [null], [1], [true]])(
  'the detail may not be %j, which has no fields that a rule could match',
  async (message) => {
    await expect(bus().send(message, { detached: true, detailType: 'Paid' })).rejects.toMatchObject({
      code: 'INVALID_MESSAGE',
      message: expect.stringContaining('has to be an object'),
    });
    expect(fake.requests).toEqual([]);
  },
);

test('JSON text that is broken is the fault of its message alone', async () => {
  await expect(bus().send(' {"total": 1', { detached: true, detailType: 'Paid' })).rejects.toMatchObject({
    code: 'SINK_MESSAGE_INVALID',
    message: expect.stringContaining('is not JSON'),
  });
});

test('an event that the answer does not mention is sent again', async () => {
  let answers = 0;
  const client = {
    send: async () =>
      ++answers < 3 ? (answers === 1 ? {} : { Entries: [{}] }) : { Entries: [{ EventId: 'e' }] },
  } as unknown as EventBridgeClient;
  await bus({ client }).send({}, { detached: true, detailType: 'Paid' });
  expect(answers).toBe(3);
});

test('an event has less than 1,048,576 bytes, its time included', async () => {
  // 14 for the time, beside source, detailType and detail.
  const detail = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
  const bytes = 1_048_576 - 'com.example'.length - 'Paid'.length - 14;
  const options = { detailType: 'Paid', time: new Date(0) };
  await bus().send(detail(bytes - 1), { detached: true, ...options });
  await expect(bus().send(detail(bytes), { detached: true, ...options })).rejects.toMatchObject({
    code: 'SINK_MESSAGE_TOO_LARGE',
  });
  expect(fake.accepted).toHaveLength(1);
});
