import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { type } from 'arktype';
import type { DynamoDBStreamHandler } from 'aws-lambda';
import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { type BatchSummary, defineTable, itemOf, streamRouter } from '../../src/index.ts';
import { type DeadLetter, deadLetter, parseDeadLetter } from '../../src/middleware/dead-letter.ts';
import { idempotent } from '../../src/middleware/idempotent.ts';
import { metrics } from '../../src/middleware/metrics.ts';
import { retry } from '../../src/middleware/retry.ts';
import { validate } from '../../src/middleware/validate.ts';
import { type ReplaySummary, replay } from '../../src/replay/index.ts';
import { tableWriter } from '../../src/sinks/dynamodb.ts';
import { eventBus } from '../../src/sinks/event-bridge.ts';
import { bucketWriter } from '../../src/sinks/s3.ts';
import { snsTopic } from '../../src/sinks/sns.ts';
import { sqsQueue } from '../../src/sinks/sqs.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  total: number;
}

const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
  viewType: 'KEYS_ONLY',
});
const queue = sqsQueue({ queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/letters' });
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'idempotency' });
const schema = z.object({ total: z.number() });

describe('every middleware', () => {
  const layers = [deadLetter(queue), idempotent({ persistenceStore }), retry()] as const;

  test('fits every router, of every view type, and leaves its types alone', () => {
    for (const layer of layers) {
      streamRouter<Invoice>()
        .use(layer)
        .onModify(({ newImage, oldImage }) => {
          expectTypeOf(newImage).toEqualTypeOf<Invoice>();
          expectTypeOf(oldImage).toEqualTypeOf<Invoice>();
        });
      streamRouter(invoices)
        .use(layer)
        .onInsert(({ keys }) => {
          expectTypeOf(keys.customerId).toBeString();
        });
      streamRouter().use(layer);
      streamRouter<Invoice>({ viewType: 'NEW_IMAGE' }).use(layer);
      streamRouter<Invoice>({ viewType: 'OLD_IMAGE' }).use(layer);
      streamRouter<Invoice>({ viewType: 'KEYS_ONLY' }).use(layer);
    }
    streamRouter<Invoice>().use(validate(schema));
    streamRouter(invoices).use(validate(schema));
    streamRouter<Invoice>({ viewType: 'NEW_IMAGE' }).use(validate(schema));
    streamRouter<Invoice>({ viewType: 'OLD_IMAGE' }).use(validate(schema));
  });

  test('composed, leaves a Lambda handler', () => {
    const router = streamRouter<Invoice>({ onBatch: metrics(new Metrics()) })
      .use(deadLetter(queue, { when: 'exhausted' }))
      .use(idempotent({ persistenceStore }))
      .use(retry({ attempts: 3 }))
      .use(validate(schema))
      .onInsert(({ newImage }) => newImage.total);
    expectTypeOf(router).toExtend<DynamoDBStreamHandler>();
  });
});

describe('retry', () => {
  test('asks with an error of any kind, and the record', () => {
    retry({
      retryable: (error, record) => {
        expectTypeOf(error).toBeUnknown();
        expectTypeOf(record.eventName).toEqualTypeOf<'INSERT' | 'MODIFY' | 'REMOVE'>();
        return true;
      },
    });
  });

  test('knows its options', () => {
    // @ts-expect-error attempts count the first one too
    retry({ retries: 3 });
    // @ts-expect-error units are part of the name
    retry({ backoff: { min: 100 } });
    // @ts-expect-error it has to answer at once
    retry({ retryable: async () => true });
  });
});

describe('deadLetter', () => {
  test('takes every sink', () => {
    deadLetter(queue);
    deadLetter(snsTopic({ topicArn: 'arn' }));
    deadLetter(eventBus({ eventBusName: 'bus', source: 'invoices' }));
    deadLetter(tableWriter({ tableName: 'letters', keys: ['id'] }), {
      fallback: bucketWriter({ bucket: 'letters' }),
    });
    deadLetter({ target: 'mine', send: async () => {} });
    // @ts-expect-error a URL is not a sink
    deadLetter('https://sqs.eu-central-1.amazonaws.com/123456789012/letters');
  });

  test('calls when with an error of any type and details of the failure', () => {
    deadLetter(queue, {
      when: (error, { record, permanent, exhausted }) => {
        expectTypeOf(error).toBeUnknown();
        expectTypeOf(record.sequenceNumber).toBeString();
        return permanent || exhausted;
      },
    });
    // @ts-expect-error not one of the two words
    deadLetter(queue, { when: 'always' });
  });

  test('writes what parseDeadLetter reads', () => {
    expectTypeOf(parseDeadLetter('{}')).toEqualTypeOf<DeadLetter>();
    expectTypeOf<DeadLetter['version']>().toEqualTypeOf<'streamlane.dead-letter/1'>();
  });

  test('are replayed by a router, and by a handler of your own', () => {
    const documents: readonly DeadLetter[] = [];
    const handler: DynamoDBStreamHandler = async () => ({ batchItemFailures: [] });
    expectTypeOf(replay({ documents, handler })).resolves.toEqualTypeOf<ReplaySummary>();
    expectTypeOf(
      replay({ documents, handler: streamRouter<Invoice>() }),
    ).resolves.toEqualTypeOf<ReplaySummary>();
  });
});

describe('idempotent', () => {
  test("takes Powertools' own store and configuration", () => {
    idempotent({
      persistenceStore,
      config: new IdempotencyConfig({ expiresAfterSeconds: 60 }),
      keyPrefix: 'mail',
    });
    // @ts-expect-error there is no store by default
    idempotent({});
    // @ts-expect-error the options of a configuration are none
    idempotent({ persistenceStore, config: { expiresAfterSeconds: 60 } });
  });
});

describe('metrics', () => {
  test("is an onBatch of Powertools' Metrics, and no middleware", () => {
    expectTypeOf(metrics(new Metrics())).toEqualTypeOf<(summary: BatchSummary) => Promise<void>>();
    // @ts-expect-error it has no record to pass on
    streamRouter<Invoice>().use(metrics(new Metrics()));
    // @ts-expect-error Metrics has to be made
    metrics(Metrics);
  });
});

describe('validate', () => {
  test('takes any Standard Schema', () => {
    validate(z.object({ total: z.number() }));
    validate(v.object({ total: v.number() }));
    validate(type({ total: 'number' }));
    // @ts-expect-error a type is not a schema
    validate({ total: 'number' });
  });
});
