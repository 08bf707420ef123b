// Options that a factory would not read, though they are there: it has to say so, not to take its defaults.

import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import { startEmulators } from '../../src/emulators/start-emulators.ts';
import { defineTable, itemOf, processBatch, streamRouter, streamWindow } from '../../src/index.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { mappingSettings } from '../../src/mapping/options.ts';
import { deadLetter } from '../../src/middleware/dead-letter.ts';
import { idempotent } from '../../src/middleware/idempotent.ts';
import { metrics } from '../../src/middleware/metrics.ts';
import { retry } from '../../src/middleware/retry.ts';
import { streamRecords } from '../../src/middy/index.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { replay } from '../../src/replay/index.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { createSink } from '../../src/sinks/index.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { deliver, lambdaContext, testStream } from '../../src/testing/index.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';

const noop = (): void => {};
const sink = { target: 'memory', send: async () => {} };

/** A factory, options that it takes, and an option of it. */
type Case = readonly [make: (options: never) => unknown, options: object, option: string];

const CASES: Readonly<Record<string, Case>> = {
  streamRouter: [(options) => streamRouter(options), {}, 'concurrency'],
  streamWindow: [streamWindow, { initial: { n: 0 }, reduce: noop, close: noop }, 'reserveMs'],
  streamRecords: [(options) => streamRecords(options), {}, 'viewType'],
  defineTable: [defineTable, { name: 'T', item: itemOf<{ id: string }>(), keys: ['id'] }, 'viewType'],
  OrderedStreamProcessor: [(options) => new OrderedStreamProcessor(options), {}, 'concurrency'],
  retry: [retry, {}, 'attempts'],
  deadLetter: [(options) => deadLetter(sink, options), {}, 'when'],
  idempotent: [
    idempotent,
    { persistenceStore: new DynamoDBPersistenceLayer({ tableName: 'T' }) },
    'keyPrefix',
  ],
  metrics: [(options) => metrics(new Metrics({ namespace: 'n' }), options), {}, 'prefix'],
  auditTrail: [(options) => auditTrail(sink, options), {}, 'redact'],
  createSink: [createSink, { target: 't', maxEntries: 1, maxBytes: 10, request: noop }, 'attempts'],
  snsTopic: [snsTopic, { topicArn: 'arn:aws:sns:eu-central-1:123456789012:t' }, 'attempts'],
  sqsQueue: [sqsQueue, { queueUrl: 'https://sqs.eu-central-1.amazonaws.com/1/q' }, 'attempts'],
  eventBus: [eventBus, { source: 's' }, 'attempts'],
  tableWriter: [tableWriter, { tableName: 'T', keys: ['id'] }, 'attempts'],
  bucketWriter: [bucketWriter, { bucket: 'bucket-b' }, 'attempts'],
  eventSourceMapping: [mappingSettings, { startingPosition: 'LATEST' }, 'batchSize'],
  deliver: [(options) => deliver(noop, eventOf({}).Records, options), {}, 'batchSize'],
  startEventSourceMapping: [
    startEventSourceMapping,
    { startingPosition: 'LATEST', tableName: 'T', handler: noop },
    'filterCriteria',
  ],
  startEmulators: [(options) => startEmulators(options), {}, 'env'],
  replay: [replay, { handler: noop, documents: [] }, 'batchSize'],
  testStream: [testStream, { keys: ['id'] }, 'viewType'],
  lambdaContext: [(options) => lambdaContext(options), {}, 'functionName'],
};

async function refusalOf(owner: string, options: object): Promise<unknown> {
  const [make] = CASES[owner] as Case;
  try {
    await make(options as never);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(Object.entries(CASES))('%s', (owner, [, options, option]) => {
  test('refuses a promise of its options', async () => {
    expect(await refusalOf(owner, Promise.resolve(options))).toMatchObject({
      code: 'INVALID_OPTION',
      owner,
      problem: 'the options have to be an object, got a Promise.',
    });
  });

  test('refuses an option that is inherited', async () => {
    const inheriting = Object.assign(Object.create({ [option]: { wrong: Symbol('wrong') } }), options);
    expect(await refusalOf(owner, inheriting)).toMatchObject({ code: 'INVALID_OPTION', owner, option });
  });
});

test('processBatch refuses a promise of its options', async () => {
  const options = Promise.resolve({ concurrency: 1 }) as object;
  await expect(processBatch(eventOf({}), contextOf(), noop, options)).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    owner: 'processBatch',
  });
});

test('a mapping refuses a promise where a filter belongs', () => {
  const filterCriteria = Promise.resolve({ filters: [] }) as never;
  expect(() => mappingSettings({ startingPosition: 'LATEST', filterCriteria })).toThrow(
    'filterCriteria has to be an object, got a Promise.',
  );
});
