import { EventType } from '@aws-lambda-powertools/batch';
import { expect, test } from 'vitest';
import { ConfigurationError, defineTable, itemOf, prefix } from '../../src/index.ts';
import { OrderedStreamProcessor, type OrderedStreamProcessorOptions } from '../../src/powertools/index.ts';

const app = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  entities: { order: { item: itemOf<object>(), match: { sk: prefix('ORDER#') } } },
});

test.each([
  [{}],
  [{ order: 'partition', partitionKey: app.keys[0] }],
  [undefined],
  [{ order: undefined, partitionKey: undefined, concurrency: undefined }],
  [{ order: 'shard', concurrency: 10_000, reserveMs: 0, logger: console }],
  [{ order: 'partition', partitionKey: 'customerId' }],
  [{ parser: () => {}, schema: {} }],
  [{ logger: false }],
  // As a BatchProcessor does.
  [{ logger: { debug() {}, warn() {}, error() {} } }],
  [{ parser: () => {}, innerSchema: {}, transformer: 'unmarshall' }],
])('%o is accepted', (options) => {
  expect(new OrderedStreamProcessor(options as OrderedStreamProcessorOptions)).toBeInstanceOf(
    OrderedStreamProcessor,
  );
});

test.each([
  [{ concurency: 5 }, 'UNKNOWN_OPTION', 'concurency'],
  // It hands on the records as Lambda sent them, so there is nothing that a table or its entities could say.
  [{ table: app }, 'UNKNOWN_OPTION', 'table is not an option'],
  [app, 'UNKNOWN_OPTION', 'is not an option'],
  [{ order: 'partition', partitionKey: app.keys }, 'INVALID_OPTION', 'partitionKey'],
  [{ unknownEntity: 'fail' }, 'UNKNOWN_OPTION', 'unknownEntity'],
  [{ parser: () => {} }, 'INVALID_OPTION', 'schema'],
  [{ parser: () => {}, schema: {}, innerSchema: {} }, 'INVALID_OPTION', 'either schema or innerSchema'],
  [{ parser: true, schema: {} }, 'INVALID_OPTION', 'parser'],
  [{ schema: {} }, 'INVALID_OPTION', 'batch/parser'],
  [{ innerSchema: {} }, 'INVALID_OPTION', 'batch/parser'],
  [{ transformer: 'unmarshall' }, 'INVALID_OPTION', 'batch/parser'],
  [{ parser: () => {}, innerSchema: {}, transformer: 'xml' }, 'INVALID_OPTION', '"xml"'],
  [EventType.DynamoDBStreams, 'INVALID_OPTION', '"DynamoDBStreams"'],
  [null, 'INVALID_OPTION', 'null'],
  [{ order: 'table' }, 'INVALID_OPTION', 'order'],
  [{ concurrency: 0 }, 'INVALID_OPTION', 'concurrency'],
  [{ reserveMs: '1s' }, 'INVALID_OPTION', 'reserveMs'],
  [{ logger: {} }, 'INVALID_OPTION', 'logger'],
  [{ order: 'partition' }, 'KEYS_REQUIRED', 'partitionKey'],
  [{ order: 'partition', partitionKey: '' }, 'INVALID_OPTION', 'partitionKey'],
  [{ order: 'partition', partitionKey: 1 }, 'INVALID_OPTION', 'partitionKey'],
  [{ partitionKey: 'customerId' }, 'INVALID_OPTION', 'partitionKey'],
])('%o is refused: %s', (options, code, named) => {
  const construct = () => new OrderedStreamProcessor(options as OrderedStreamProcessorOptions);

  expect(construct).toThrow(ConfigurationError);
  expect(construct).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(named) }) as Error,
  );
});
