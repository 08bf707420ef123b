// Errors about the stream, or about what user code returned, say whose they are, as data.

import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { defineTable, itemOf, processBatch, streamRouter, streamWindow } from '../../src/index.ts';
import { metrics } from '../../src/middleware/metrics.ts';
import { streamRecords } from '../../src/middy/index.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { createSink, publishTo } from '../../src/sinks/index.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';

const table = defineTable({
  name: 'T',
  item: itemOf<{ other: string }>(),
  keys: ['other'],
  viewType: 'NEW_AND_OLD_IMAGES',
});
const noop = (): void => {};
const reducer = { initial: { count: 0 }, reduce: noop, close: noop };

type Run = (event: DynamoDBStreamEvent, more: readonly [] | readonly [typeof table]) => unknown;

const ENTRY_POINTS: readonly (readonly [owner: string, run: Run])[] = [
  ['streamRouter', (event, [given]) => (given ? streamRouter(given) : streamRouter())(event, contextOf())],
  [
    'processBatch',
    (event, [given]) => processBatch(event, contextOf(), noop, (given ? { table: given } : {}) as object),
  ],
  [
    'streamWindow',
    (event, [given]) =>
      (given ? streamWindow(given, reducer) : streamWindow(reducer))(event as never, contextOf()),
  ],
  [
    'streamRecords',
    (event, [given]) => (given ? streamRecords(given) : streamRecords()).before({ event } as never),
  ],
];

test.each(ENTRY_POINTS)('%s is the owner of an error about the view type', async (owner, run) => {
  await expect(run(eventOf({ viewType: 'KEYS_ONLY' }), [])).rejects.toMatchObject({
    code: 'VIEW_TYPE_MISMATCH',
    owner,
    message: expect.stringContaining(`${owner}: The declared view type is NEW_AND_OLD_IMAGES`),
  });
});

test.each(ENTRY_POINTS)('%s is the owner of an error about the keys', async (owner, run) => {
  await expect(run(eventOf({}), [table])).rejects.toMatchObject({ code: 'KEYS_MISMATCH', owner });
});

test('OrderedStreamProcessor is the owner of an error about the partition key', async () => {
  const processor = new OrderedStreamProcessor({ order: 'partition', partitionKey: 'other' });
  processor.register(eventOf({}).Records as never, noop);
  await expect(processor.process()).rejects.toMatchObject({
    code: 'KEYS_MISMATCH',
    owner: 'OrderedStreamProcessor',
  });
});

const promises = (): unknown => [Promise.resolve()];
const record = { eventName: 'INSERT', eventID: '1', sequenceNumber: '1', tableName: 'T', keys: {} } as const;
const sinkOf = (request: unknown) =>
  createSink({ target: 't', maxEntries: 1, maxBytes: 9, request: request as never });

test.each<[owner: string, option: string | undefined, call: () => unknown]>([
  ['publishTo', 'toMessage', () => publishTo(sinkOf(noop), promises as () => object)(record, {} as never)],
  ['metrics', undefined, () => metrics({ addMetric: promises, publishStoredMetrics: noop })({} as never)],
  ['metrics', undefined, () => metrics({ addMetric: noop, publishStoredMetrics: promises })({} as never)],
])('%s is the owner of an error about a result: %s', async (owner, option, call) => {
  const error: unknown = await Promise.resolve(call()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'INVALID_RESULT', owner });
  expect((error as { option?: string }).option).toBe(option);
});

test('the request of createSink is named where its promises lie in a list', async () => {
  const sending = sinkOf(async () => promises()).send(1, { detached: true });
  await expect(sending).rejects.toMatchObject({
    message: expect.stringContaining('createSink: request returned promises within another value'),
  });
});
