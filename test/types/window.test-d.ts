import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expectTypeOf, test } from 'vitest';
import {
  type ClosedWindow,
  type DynamoDBStreamWindowEvent,
  type DynamoDBWindowResponse,
  defineTable,
  eventPattern,
  itemOf,
  type RecordContext,
  type StreamWindow,
  streamRouter,
  streamWindow,
} from '../../src/index.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  total: number;
}

const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
  viewType: 'NEW_IMAGE',
});

describe('streamWindow', () => {
  test('makes a Lambda handler of two parameters', () => {
    expectTypeOf<Parameters<StreamWindow>>().toEqualTypeOf<
      [DynamoDBStreamWindowEvent, (Context | undefined)?]
    >();
    expectTypeOf<ReturnType<StreamWindow>>().toEqualTypeOf<Promise<DynamoDBWindowResponse>>();
    expectTypeOf<DynamoDBStreamWindowEvent>().toExtend<DynamoDBStreamEvent>();
  });

  test('types state and records by the item', () => {
    streamWindow<Invoice, { sum: number }>({
      initial: { sum: 0 },
      reduce(state, record, context) {
        expectTypeOf(state).toEqualTypeOf<{ sum: number }>();
        expectTypeOf(context).toEqualTypeOf<RecordContext>();
        if (record.eventName === 'MODIFY') expectTypeOf(record.oldImage).toEqualTypeOf<Invoice>();
        // @ts-expect-error an INSERT has no old image
        if (record.eventName === 'INSERT') record.oldImage;
        return { sum: 1 };
      },
      close(state, window) {
        expectTypeOf(state).toEqualTypeOf<{ sum: number }>();
        expectTypeOf(window).toEqualTypeOf<ClosedWindow>();
      },
    });
  });

  test('takes item, keys and view type from the table, and the state from initial', () => {
    streamWindow(invoices, {
      initial: { sum: 0, last: '' },
      reduce(state, record) {
        expectTypeOf(state).toEqualTypeOf<{ sum: number; last: string }>();
        expectTypeOf(record.keys.customerId).toEqualTypeOf<string>();
        if (record.eventName !== 'REMOVE') state.sum += record.newImage.total;
        // @ts-expect-error the table's stream carries no old images
        if (record.eventName === 'MODIFY') record.oldImage;
      },
      close: (state) => expectTypeOf(state).toEqualTypeOf<{ sum: number; last: string }>(),
    });
  });

  test('types records by the view type', () => {
    streamWindow<Invoice, { n: number }>({
      viewType: 'KEYS_ONLY',
      initial: { n: 0 },
      reduce(_, record) {
        expectTypeOf(record.keys).toEqualTypeOf<Readonly<Partial<Invoice>>>();
        // @ts-expect-error there are no images
        record.newImage;
      },
      close() {},
    });
    streamWindow<Invoice, { n: number }>({
      viewType: 'OLD_IMAGE',
      initial: { n: 0 },
      async reduce(state, record) {
        if (record.eventName === 'REMOVE') state.n += record.oldImage.total;
        return state;
      },
      close() {},
    });
  });

  test('refuses what does not fit', () => {
    // @ts-expect-error the state has no such attribute
    streamWindow<Invoice, { n: number }>({ initial: { m: 0 }, reduce() {}, close() {} });
    // @ts-expect-error reduce gives another state
    streamWindow<Invoice, { n: number }>({ initial: { n: 0 }, reduce: () => ({ n: '' }), close() {} });
    // @ts-expect-error records are counted in order
    streamWindow<Invoice, { n: number }>({ initial: { n: 0 }, reduce() {}, close() {}, concurrency: 2 });
    // @ts-expect-error close is missing
    streamWindow<Invoice, { n: number }>({ initial: { n: 0 }, reduce() {} });
    // @ts-expect-error a state is an object
    streamWindow<Invoice, number>({ initial: 0, reduce() {}, close() {} });
  });
});

describe('eventPattern', () => {
  const condition = eventPattern({
    eventName: ['INSERT'],
    dynamodb: { Keys: { customerId: { S: [{ prefix: 'C' }] } } },
  });

  test('is a condition for every event and view type', () => {
    streamRouter<Invoice>().onInsert(condition, ({ newImage }) => newImage.total);
    streamRouter<Invoice>({ viewType: 'KEYS_ONLY' }).onModify(condition, () => {});
    streamRouter(invoices).onRemove(condition, ({ keys }) => keys.invoiceId);
    eventPattern('{"eventName":["INSERT"]}');
  });

  test('refuses a value that is not a pattern', () => {
    // @ts-expect-error a value stands in an array
    eventPattern({ eventName: 'INSERT' });
    // @ts-expect-error there is no such comparison
    eventPattern({ eventName: [{ regex: 'I' }] });
    // @ts-expect-error a range has a number
    eventPattern({ dynamodb: { SizeBytes: [{ numeric: ['>', '1'] }] } });
    // @ts-expect-error exists is true or false
    eventPattern({ eventName: [{ exists: 'yes' }] });
  });
});
