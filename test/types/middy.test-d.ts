import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  DynamoDBStreamHandler,
} from 'aws-lambda';
import { expectTypeOf, test } from 'vitest';
import { defineTable, itemOf, prefix, type StreamRecord, streamRouter } from '../../src/index.ts';
import { streamRecords } from '../../src/middy/index.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  total: number;
}

const nothingFailed = { batchItemFailures: [] };

test('event.records is typed, and event.Records is still there', () => {
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
    .use(streamRecords<Invoice>())
    .handler(async (event, context) => {
      expectTypeOf(event.records).toEqualTypeOf<readonly StreamRecord<Invoice>[]>();
      expectTypeOf(event.Records).toEqualTypeOf<DynamoDBRecord[]>();
      expectTypeOf(context).toEqualTypeOf<Context>();
      for (const record of event.records) {
        expectTypeOf(record.keys).toEqualTypeOf<Readonly<Partial<Invoice>>>();
        if (record.eventName === 'INSERT') {
          expectTypeOf(record.newImage).toEqualTypeOf<Invoice>();
          // @ts-expect-error an inserted item has no old image
          record.oldImage;
        }
      }
      return nothingFailed;
    });
});

test('undeclared items are readable without a cast', () => {
  middy<DynamoDBStreamEvent, void>()
    .use(streamRecords())
    .handler(async (event) => {
      for (const record of event.records) if (record.eventName === 'REMOVE') record.oldImage.anything;
    });
});

test('the view type decides which images can be read', () => {
  middy<DynamoDBStreamEvent, void>()
    .use(streamRecords<Invoice>({ viewType: 'NEW_IMAGE', numbers: 'string' }))
    .handler(async (event) => {
      for (const record of event.records) {
        if (record.eventName !== 'REMOVE') expectTypeOf(record.newImage).toEqualTypeOf<Invoice>();
        // @ts-expect-error NEW_IMAGE carries no old image
        else record.oldImage;
      }
    });
  middy<DynamoDBStreamEvent, void>()
    .use(streamRecords<Invoice>({ viewType: 'OLD_IMAGE' }))
    .handler(async (event) => {
      for (const record of event.records) {
        if (record.eventName !== 'INSERT') expectTypeOf(record.oldImage).toEqualTypeOf<Invoice>();
      }
    });
  middy<DynamoDBStreamEvent, void>()
    .use(streamRecords<Invoice>({ viewType: 'KEYS_ONLY' }))
    .handler(async (event) => {
      // @ts-expect-error KEYS_ONLY carries no image
      for (const record of event.records) if (record.eventName === 'INSERT') record.newImage;
    });
});

test('a table gives item, keys and view type', () => {
  const table = defineTable({
    name: 'Invoices',
    item: itemOf<Invoice>(),
    keys: ['customerId', 'invoiceId'],
    viewType: 'NEW_IMAGE',
  });
  middy<DynamoDBStreamEvent, void>()
    .use(streamRecords(table, { numbers: 'exact' }))
    .handler(async (event) => {
      for (const record of event.records) {
        expectTypeOf(record.keys).toEqualTypeOf<Readonly<Pick<Invoice, 'customerId' | 'invoiceId'>>>();
        if (record.eventName === 'MODIFY') expectTypeOf(record.newImage).toEqualTypeOf<Invoice>();
      }
    });
  // @ts-expect-error the view type belongs to the table
  streamRecords(table, { viewType: 'NEW_IMAGE' });
  // @ts-expect-error not an option of a loop
  streamRecords<Invoice>({ concurrency: 5 });
});

test('with entities, the entity tells records apart', () => {
  const app = defineTable({
    name: 'App',
    keys: ['pk', 'sk'],
    entities: {
      customer: { item: itemOf<{ name: string }>(), match: { sk: 'PROFILE' } },
      order: { item: itemOf<{ total: number }>(), match: { sk: prefix('ORDER#') } },
    },
  });
  middy<DynamoDBStreamEvent, void>()
    .use(streamRecords(app))
    .handler(async (event) => {
      for (const record of event.records) {
        expectTypeOf(record.entity).toEqualTypeOf<'customer' | 'order' | undefined>();
        if (record.eventName !== 'INSERT') continue;
        if (record.entity === 'order') expectTypeOf(record.newImage).toEqualTypeOf<{ total: number }>();
        else if (record.entity === 'customer') record.newImage.name satisfies string;
        // Nothing is known of it, so everything can be read.
        else record.newImage.anything;
        // @ts-expect-error only orders have a total
        if (record.entity !== 'order' && record.entity !== undefined) record.newImage.total;
      }
    });
  // @ts-expect-error the view type belongs to the table
  streamRecords(app, { viewType: 'NEW_IMAGE' });
});

test('with the event named, the handler is a DynamoDBStreamHandler', () => {
  const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
    .use(streamRecords<Invoice>())
    .handler<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event) => {
      expectTypeOf(event.records).toEqualTypeOf<readonly StreamRecord<Invoice>[]>();
      return nothingFailed;
    });

  expectTypeOf(handler).toExtend<DynamoDBStreamHandler>();
});

test('it goes with other middlewares, before and after it', () => {
  const logger = new Logger();
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(streamRecords<Invoice>())
    .use(injectLambdaContext(logger))
    .handler(async (event) => {
      expectTypeOf(event.records[0]).toEqualTypeOf<StreamRecord<Invoice> | undefined>();
      return nothingFailed;
    });
});

test('Middy takes a router unchanged', () => {
  const router = streamRouter<Invoice>({ logger: new Logger() });

  expectTypeOf(middy(router).use(injectLambdaContext(new Logger()))).toExtend<DynamoDBStreamHandler>();
});
