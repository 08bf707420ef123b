import '../../src/testing/vitest.ts';
import middy from '@middy/core';
import type { Context, DynamoDBStreamEvent, DynamoDBStreamHandler } from 'aws-lambda';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineTable, itemOf, processBatch, streamRouter } from '../../src/index.ts';
import {
  type Delivery,
  deliver,
  exponentialDelay,
  lambdaContext,
  type OnFailureDocument,
  type TestRecord,
  testStream,
} from '../../src/testing/index.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  total: number;
}

const invoice: Invoice = { customerId: 'C-7', invoiceId: 'INV-1', total: 1 };
const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
});

describe('testStream', () => {
  test('is typed by its table', () => {
    const stream = testStream(invoices);
    expectTypeOf(stream.insert).parameters.toEqualTypeOf<[Invoice]>();
    expectTypeOf(stream.modify).parameters.toEqualTypeOf<[Invoice, Invoice]>();
    expectTypeOf(stream.expire(invoice)).toEqualTypeOf<TestRecord>();
    // @ts-expect-error an attribute is missing
    stream.insert({ customerId: 'C-7', invoiceId: 'INV-1' });
    // @ts-expect-error an attribute has another type
    stream.remove({ ...invoice, total: '1' });
  });

  test('is typed by its item, whose attributes the keys are', () => {
    const stream = testStream<Invoice>({ keys: ['customerId'], viewType: 'NEW_IMAGE' });
    expectTypeOf(stream.insert).parameters.toEqualTypeOf<[Invoice]>();
    // @ts-expect-error there is no such attribute
    testStream<Invoice>({ keys: ['customer'] });
    // @ts-expect-error there is no such view type
    testStream<Invoice>({ keys: ['customerId'], viewType: 'ALL' });
    // @ts-expect-error keys are required
    testStream<Invoice>({});
  });

  test('takes any item when nothing is declared', () => {
    testStream({ keys: ['id'] }).insert({ id: 1, anything: [true] });
  });

  test('says what every record has', () => {
    const record = testStream(invoices).insert(invoice);
    expectTypeOf(record.dynamodb.SequenceNumber).toEqualTypeOf<string>();
    expectTypeOf(record.eventID).toEqualTypeOf<string>();
    expectTypeOf(testStream(invoices).event([record])).toEqualTypeOf<DynamoDBStreamEvent>();
  });
});

describe('deliver', () => {
  const records = [testStream(invoices).insert(invoice)];

  test('takes every kind of handler', () => {
    const typed: DynamoDBStreamHandler = async () => ({ batchItemFailures: [] });
    const own = async (event: DynamoDBStreamEvent, context: Context) =>
      processBatch(event, context, () => {});
    deliver(streamRouter(invoices), records);
    deliver(middy(streamRouter(invoices)), records);
    deliver(typed, records);
    deliver(own, records);
    deliver(() => {}, records);
    // @ts-expect-error no function
    deliver('handler', records);
  });

  test("takes the mapping's options", () => {
    deliver(() => {}, records, {
      startingPosition: 'LATEST',
      functionResponseTypes: ['ReportBatchItemFailures'],
      retryDelayMs: exponentialDelay({ minMs: 1 }),
    });
    // @ts-expect-error a DynamoDB stream has no such position
    deliver(() => {}, records, { startingPosition: 'AT_TIMESTAMP' });
    // @ts-expect-error there is no such option
    deliver(() => {}, records, { batchsize: 1 });
  });

  test('says what became of the records', () => {
    expectTypeOf(deliver).returns.resolves.toEqualTypeOf<Delivery>();
    expectTypeOf<Delivery['succeeded']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Delivery['onFailure']>().toEqualTypeOf<readonly OnFailureDocument[]>();
    expectTypeOf<Delivery['invocations'][number]['outcome']>().toEqualTypeOf<
      'succeeded' | 'partial' | 'failed'
    >();
  });
});

test('lambdaContext is a context that a router and Middy take', () => {
  const context = lambdaContext({ remainingMs: 1 });
  expectTypeOf(context).toExtend<Context>();
  streamRouter(invoices)(testStream(invoices).event([]), context);
});

test('the matchers are typed', () => {
  expectTypeOf(expect({}).toSucceed).parameters.toEqualTypeOf<[]>();
  expectTypeOf(expect({}).toReportCheckpoint).parameters.toEqualTypeOf<[sequenceNumber: string]>();
  expectTypeOf(expect({}).toSucceed()).toEqualTypeOf<void>();
  expectTypeOf(expect(Promise.resolve({})).resolves.toSucceed()).toEqualTypeOf<Promise<void>>();
  // @ts-expect-error a sequence number is text
  expect({}).toReportCheckpoint(12);
});
