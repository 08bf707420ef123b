// Every option of every factory says its owner and its name, as data, when its value is wrong.

import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/audit/index.ts';
import { startEmulators } from '../../src/emulators/start-emulators.ts';
import {
  ConfigurationError,
  defineTable,
  itemOf,
  processBatch,
  streamRouter,
  streamWindow,
} from '../../src/index.ts';
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
import { bucketWriter } from '../../src/sinks/s3.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';
import { deliver, lambdaContext, testStream } from '../../src/testing/index.ts';
import { contextOf, eventOf } from '../fixtures/events.ts';

const noop = (): void => {};
const sink = { target: 'memory', send: async () => {} };
const ACCOUNT = 'eu-central-1:123456789012';

/** Each makes what its owner makes, with options that are wrong in one place. */
const FACTORIES: Readonly<Record<string, (options: object) => unknown>> = {
  streamRouter: (options) => streamRouter(options),
  processBatch: (options) => processBatch(eventOf({}), contextOf(), noop, options),
  streamWindow: (options) => streamWindow({ initial: { n: 0 }, reduce: noop, close: noop, ...options }),
  streamRecords: (options) => streamRecords(options),
  defineTable: (options) =>
    defineTable({ name: 'T', item: itemOf<{ id: string }>(), keys: ['id'], ...options }),
  OrderedStreamProcessor: (options) => new OrderedStreamProcessor(options),
  retry: (options) => retry(options),
  deadLetter: (options) => deadLetter(sink, options),
  idempotent: (options) =>
    idempotent({ persistenceStore: new DynamoDBPersistenceLayer({ tableName: 'T' }), ...options }),
  metrics: (options) => metrics(new Metrics({ namespace: 'n' }), options),
  auditTrail: (options) => auditTrail(sink, options),
  snsTopic: (options) => snsTopic({ topicArn: `arn:aws:sns:${ACCOUNT}:t`, ...options }),
  sqsQueue: (options) =>
    sqsQueue({ queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/q', ...options }),
  eventBus: (options) => eventBus({ eventBusName: 'bus', source: 's', ...options }),
  tableWriter: (options) => tableWriter({ tableName: 'Totals', keys: ['id'], ...options }),
  bucketWriter: (options) => bucketWriter({ bucket: 'bucket-b', ...options }),
  eventSourceMapping: (options) => mappingSettings({ startingPosition: 'LATEST', ...options }),
  deliver: (options) => deliver(noop, eventOf({}).Records, options),
  startEventSourceMapping: (options) =>
    startEventSourceMapping({
      startingPosition: 'LATEST',
      tableName: 'T',
      handler: noop,
      ...options,
    } as never),
  startEmulators: (options) => startEmulators(options),
  replay: (options) => replay({ handler: noop, documents: [], ...options }),
  testStream: (options) => testStream({ keys: ['id'], ...options } as never),
  lambdaContext: (options) => lambdaContext(options),
};

/** A value that every option refuses. */
const WRONG = { wrong: Symbol('wrong') };

/** Options that exclude each other: both together are refused for that reason. */
const INSTEAD: Readonly<Record<string, object>> = {
  'startEventSourceMapping streamArn': { tableName: undefined },
  'replay queueUrl': { documents: undefined },
  'replay s3Uri': { documents: undefined },
};

/** Returns the error with which a factory refuses options. */
async function refusalOf(owner: string, options: object): Promise<unknown> {
  try {
    await FACTORIES[owner]?.(options);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The names of the options, as the error about an unknown one lists them. */
async function optionsOf(owner: string): Promise<readonly string[]> {
  const error = (await refusalOf(owner, { noSuchOption: 1 })) as ConfigurationError;
  expect(error).toMatchObject({ code: 'UNKNOWN_OPTION', owner, option: 'noSuchOption' });
  const names = /^is not an option\. Known options: (.*)\.$/.exec(error.problem)?.[1] ?? '';
  return names.split(', ');
}

describe.each(Object.keys(FACTORIES))('%s', (owner) => {
  test('names itself and the option for a wrong value of each option', async () => {
    const names = await optionsOf(owner);
    expect(names.length).toBeGreaterThan(0);
    const refusals = await Promise.all(
      names.map(async (name) => {
        const error = await refusalOf(owner, { ...INSTEAD[`${owner} ${name}`], [name]: WRONG });
        if (!(error instanceof ConfigurationError)) return `${name}: ${String(error)}`;
        return `${name}: ${error.owner} ${error.option?.split('.')[0]}`;
      }),
    );
    expect(refusals).toEqual(names.map((name) => `${name}: ${owner} ${name}`));
  });
});
