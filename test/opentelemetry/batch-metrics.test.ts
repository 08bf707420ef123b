import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineTable, itemOf, streamRouter } from '../../src/index.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { batchMetrics } from '../../src/opentelemetry/index.ts';
import { memorySink } from '../../src/testing/index.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';

let exporter: InMemoryMetricExporter;
let provider: MeterProvider;

beforeEach(() => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 100_000 })],
  });
  metrics.setGlobalMeterProvider(provider);
});
afterEach(async () => {
  metrics.disable();
  await provider.shutdown();
});

/** Metric -> its data points: attributes and value, or the number and sum of a histogram. */
async function measured(): Promise<Record<string, unknown>> {
  await provider.forceFlush();
  const found = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return Object.fromEntries(
    found.map(({ descriptor: { name, unit }, dataPoints }) => [
      `${name} ${unit}`,
      dataPoints.map(({ attributes, value }) => [
        attributes,
        typeof value === 'object' ? (value as { count: number }).count : value,
      ]),
    ]),
  );
}

const outcome = (name: string) => ({ 'streamlane.outcome': name });

test('a batch is counted by outcome, with its duration and lag', async () => {
  const handle = streamRouter<{ id: string }>({ onBatch: batchMetrics(), logger: false, concurrency: 1 })
    .use(deadLetter(memorySink(), { when: (error) => (error as Error).message === 'poison' }))
    .onInsert(async ({ keys }) => {
      if (keys.id === 'b') throw new Error('poison');
      if (keys.id === 'd') throw new Error('no');
    });
  await handle(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }, { id: 'e' }), contextOf());
  expect(await measured()).toEqual({
    'streamlane.records {record}': [
      [outcome('succeeded'), 2],
      [outcome('failed'), 1],
      [outcome('dead_lettered'), 1],
      [outcome('unfinished'), 1],
    ],
    'streamlane.batch.duration s': [[{}, 1]],
    'streamlane.batch.lag s': [[{}, 1]],
  });
});

test('records of entities are counted for each, the others without the attribute', async () => {
  const table = defineTable({
    name: 'App',
    keys: ['id'],
    entities: { order: { item: itemOf<{ id: string }>(), match: { id: 'a' } } },
  });
  const onBatch = batchMetrics({ entities: true, attributes: { table: 'App' } });
  const handle = streamRouter(table, { onBatch, logger: false });
  await handle(eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' }), contextOf());
  expect(await measured()).toMatchObject({
    'streamlane.records {record}': [
      [{ table: 'App', 'streamlane.entity': 'order', ...outcome('succeeded') }, 1],
      [{ table: 'App', ...outcome('succeeded') }, 2],
    ],
    'streamlane.batch.duration s': [[{ table: 'App' }, 1]],
  });
});

test('a batch without a time has no lag', async () => {
  const event = eventOf({});
  delete event.Records[0]?.dynamodb?.ApproximateCreationDateTime;
  await streamRouter({ onBatch: batchMetrics(), logger: false })(event, contextOf());
  expect(Object.keys(await measured())).toEqual([
    'streamlane.records {record}',
    'streamlane.batch.duration s',
  ]);
});

test('a failure to measure does not fail the batch', async () => {
  metrics.disable();
  metrics.setGlobalMeterProvider({
    getMeter: () => {
      throw new Error('no');
    },
  });
  const handle = streamRouter({ onBatch: batchMetrics(), logger: false });
  expect(await handle(eventOf({}), contextOf())).toEqual({ batchItemFailures: [] });
});

test('wrong options are refused', () => {
  expect(() => batchMetrics({ attributes: 5 as never })).toThrow(
    'attributes has to be an object of attributes',
  );
  expect(() => batchMetrics({ name: 'x' } as never)).toThrow('name is not an option');
});
