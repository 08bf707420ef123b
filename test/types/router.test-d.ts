import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import { type } from 'arktype';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent, DynamoDBStreamHandler } from 'aws-lambda';
import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import {
  type BatchSummary,
  type Change,
  type ChangedRecord,
  changed,
  changes,
  defineTable,
  expired,
  itemOf,
  not,
  type RecordContext,
  type Logger as StreamLogger,
  type StreamRecord,
  streamRouter,
} from '../../src/index.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  status: 'DRAFT' | 'OPEN' | 'PAID';
  total: number;
  paidAt?: string;
}

const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
});

describe('a router is a Lambda handler', () => {
  const router = streamRouter<Invoice>().onInsert(async ({ newImage }) => newImage.total);

  test('by itself', () => {
    expectTypeOf(router).toExtend<DynamoDBStreamHandler>();
    const handler: DynamoDBStreamHandler = router;
    expectTypeOf(handler).toBeFunction();
    expectTypeOf(router).parameters.toEqualTypeOf<
      [event: DynamoDBStreamEvent, context?: Context | undefined]
    >();
    expectTypeOf(router).returns.resolves.toEqualTypeOf<DynamoDBBatchResponse>();
  });

  test('of a table and of every view type', () => {
    expectTypeOf(streamRouter(invoices)).toExtend<DynamoDBStreamHandler>();
    expectTypeOf(streamRouter({ viewType: 'KEYS_ONLY' })).toExtend<DynamoDBStreamHandler>();
    expectTypeOf(streamRouter({ viewType: 'NEW_IMAGE' })).toExtend<DynamoDBStreamHandler>();
    expectTypeOf(streamRouter({ viewType: 'OLD_IMAGE' })).toExtend<DynamoDBStreamHandler>();
  });

  test('in Middy', () => {
    expectTypeOf(middy(router)).toBeFunction();
    expectTypeOf(middy(router).use({ before: ({ event }) => void event.Records })).toBeFunction();
    expectTypeOf(middy(router)).parameter(0).toEqualTypeOf<DynamoDBStreamEvent>();
  });
});

describe('changed', () => {
  const router = streamRouter<Invoice>();

  test('takes attributes of the item, and their values', () => {
    router
      .onModify(changed('status'), () => {})
      .onModify(changed('status', { to: 'PAID' }), () => {})
      .onModify(changed('status', { from: 'OPEN', to: 'PAID' }), ({ newImage }) => newImage.status)
      .onModify(changed('total', { from: 1 }), () => {})
      .onModify(changed('paidAt', { from: undefined }), () => {})
      .onModify(not(changed('status', { to: 'PAID' })), ({ oldImage }) => oldImage.total);
    streamRouter(invoices).onModify(changed('status', { to: 'PAID' }), ({ keys }) => keys.customerId);
  });

  test('does not compile with an attribute that the item does not have', () => {
    // @ts-expect-error no such attribute
    router.onModify(changed('state'), () => {});
    // @ts-expect-error no such attribute
    streamRouter(invoices).onModify(changed('state', { to: 'PAID' }), () => {});
    // @ts-expect-error no such attribute
    changed<Invoice>('state');
  });

  test('does not compile with a value that the attribute cannot have', () => {
    // @ts-expect-error no such status
    router.onModify(changed('status', { to: 'PAYED' }), () => {});
    // @ts-expect-error no such status
    router.onModify(changed('status', { from: 'OPENED', to: 'PAID' }), () => {});
    // @ts-expect-error total is a number
    router.onModify(changed('total', { to: '5' }), () => {});
    // @ts-expect-error no such status
    changed<Invoice>('status', { to: 'PAYED' });
  });

  test('does not compile with another option', () => {
    // @ts-expect-error it is called to
    router.onModify(changed('status', { too: 'PAID' }), () => {});
  });

  test('does not compile where a record does not carry both images', () => {
    // @ts-expect-error an insert has no old image
    router.onInsert(changed('status'), () => {});
    // @ts-expect-error a removal has no new image
    router.onRemove(changed('status'), () => {});
    // @ts-expect-error NEW_IMAGE carries no old image
    streamRouter<Invoice>({ viewType: 'NEW_IMAGE' }).onModify(changed('status'), () => {});
    // @ts-expect-error OLD_IMAGE carries no new image
    streamRouter<Invoice>({ viewType: 'OLD_IMAGE' }).onModify(changed('status'), () => {});
    // @ts-expect-error KEYS_ONLY carries none
    streamRouter<Invoice>({ viewType: 'KEYS_ONLY' }).onModify(changed('status'), () => {});
  });
});

describe('conditions', () => {
  const router = streamRouter<Invoice>();

  test('expired and its opposite are for removals, of every view type', () => {
    router.onRemove(expired, ({ oldImage }) => oldImage.total).onRemove(not(expired), () => {});
    streamRouter({ viewType: 'KEYS_ONLY' }).onRemove(expired, ({ keys }) => keys);
    // @ts-expect-error only a removal can be one by Time to Live
    router.onInsert(expired, () => {});
    // @ts-expect-error only a removal can be one by Time to Live
    router.onModify(not(expired), () => {});
  });

  test('of your own get the record, typed', () => {
    router.onInsert(
      (record) => {
        expectTypeOf(record.newImage).toEqualTypeOf<Invoice>();
        return record.newImage.total > 5;
      },
      ({ newImage }) => newImage.total,
    );
  });

  test('answer at once, with true or false', () => {
    const handler = () => true;
    const waiting = async () => true;
    // @ts-expect-error a promise is always truthy
    router.onInsert(waiting, handler);
    // @ts-expect-error a handler is missing
    router.onInsert(() => true, undefined);
    // @ts-expect-error only one condition
    router.onInsert(handler, handler, handler);
  });
});

describe('changes', () => {
  test('takes records that carry their images', () => {
    const check = (
      all: StreamRecord<Invoice>,
      none: StreamRecord<Invoice, 'KEYS_ONLY'>,
      half: StreamRecord<Invoice, 'NEW_IMAGE'>,
    ) => {
      expectTypeOf(all).toExtend<ChangedRecord>();
      expectTypeOf(changes(all)).toEqualTypeOf<Change[]>();
      // @ts-expect-error no images
      changes(none);
      // @ts-expect-error no old image
      changes(half);
    };
    expectTypeOf(check).toBeFunction();
  });
});

describe('what handlers get besides', () => {
  test('is typed', () => {
    streamRouter<Invoice>().onInsert((record, context) => {
      expectTypeOf(context).toEqualTypeOf<RecordContext>();
      expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(context.lambdaContext).toEqualTypeOf<Context>();
      expectTypeOf(context.logger).toEqualTypeOf<StreamLogger>();
      expectTypeOf(record.approximateCreationDateTime).toEqualTypeOf<Date>();
      expectTypeOf(record.eventName).toEqualTypeOf<'INSERT'>();
    });
  });
});

describe('options', () => {
  test('a Powertools Logger fits, and so does console', () => {
    expectTypeOf<Logger>().toExtend<StreamLogger>();
    expectTypeOf<Console>().toExtend<StreamLogger>();
    streamRouter({ logger: new Logger() });
    streamRouter(invoices, { logger: console });
  });

  test('all that there are compile', () => {
    streamRouter(invoices, {
      order: 'partition',
      concurrency: 50,
      reserveMs: 500,
      numbers: (text) => text.length,
      logger: console,
      partialResponses: false,
      onBatch: (summary) => expectTypeOf(summary).toEqualTypeOf<BatchSummary>(),
    });
  });

  test('no others do, nor other values', () => {
    // @ts-expect-error unknown
    streamRouter({ batchSize: 5 });
    // @ts-expect-error unknown
    streamRouter(invoices, { batchSize: 5 });
    // @ts-expect-error it belongs to the table
    streamRouter(invoices, { viewType: 'NEW_IMAGE' });
    // @ts-expect-error no such order
    streamRouter({ order: 'key' });
    // @ts-expect-error no such policy
    streamRouter({ numbers: 'bigint' });
    // @ts-expect-error no such view type
    streamRouter({ viewType: 'NEW' });
    // @ts-expect-error a logger has four methods
    streamRouter({ logger: { debug() {} } });
    // @ts-expect-error a number
    streamRouter({ concurrency: '5' });
    // @ts-expect-error not made by defineTable
    streamRouter({ name: 'Invoices', keys: ['customerId'] });
  });
});

describe('defineTable', () => {
  const schemas = {
    zod: z.object({ id: z.string(), at: z.number().transform((seconds) => new Date(seconds)) }),
    valibot: v.object({
      id: v.string(),
      at: v.pipe(
        v.number(),
        v.transform((seconds) => new Date(seconds)),
      ),
    }),
    arktype: type({ id: 'string', at: type('number').pipe((seconds) => new Date(seconds)) }),
  };
  interface Item {
    id: string;
    at: Date;
  }

  test('returns the output of the schema of any vendor', () => {
    streamRouter(defineTable({ name: 'T', item: schemas.zod, keys: ['id'] })).onInsert(
      ({ newImage, keys }) => {
        expectTypeOf(newImage).toEqualTypeOf<Item>();
        expectTypeOf(keys).toEqualTypeOf<Readonly<{ id: string }>>();
      },
    );
    streamRouter(defineTable({ name: 'T', item: schemas.valibot, keys: ['id'] })).onModify(
      changed('at', { to: 60 }),
      ({ newImage, keys }) => {
        expectTypeOf(newImage).toEqualTypeOf<Item>();
        expectTypeOf(keys).toEqualTypeOf<Readonly<{ id: string }>>();
      },
    );
    streamRouter(defineTable({ name: 'T', item: schemas.arktype, keys: ['id'] })).onRemove(
      ({ oldImage, keys }) => {
        expectTypeOf(oldImage).toEqualTypeOf<Item>();
        expectTypeOf(keys).toEqualTypeOf<Readonly<{ id: string }>>();
      },
    );
  });

  test('does not compile with keys that the item does not have', () => {
    // @ts-expect-error no such attribute
    defineTable({ name: 'T', item: itemOf<Invoice>(), keys: ['customer'] });
    // @ts-expect-error no such attribute
    defineTable({ name: 'T', item: itemOf<Invoice>(), keys: ['customerId', 'invoice'] });
    // @ts-expect-error no such attribute
    defineTable({ name: 'T', item: schemas.zod, keys: ['ids'] });
    // @ts-expect-error no such attribute
    defineTable({ name: 'T', item: schemas.valibot, keys: ['ids'] });
    // @ts-expect-error no such attribute
    defineTable({ name: 'T', item: schemas.arktype, keys: ['ids'] });
  });

  test('does not compile with no keys, with three, or with one as a text', () => {
    // @ts-expect-error at least a partition key
    defineTable({ name: 'T', item: itemOf<Invoice>(), keys: [] });
    // @ts-expect-error at most a partition and a sort key
    defineTable({ name: 'T', item: itemOf<Invoice>(), keys: ['customerId', 'invoiceId', 'total'] });
    // @ts-expect-error a list
    defineTable({ name: 'T', item: itemOf<Invoice>(), keys: 'customerId' });
  });

  test('does not compile with an unknown option, a wrong view type, or without name or item', () => {
    // @ts-expect-error unknown
    defineTable({ name: 'T', item: itemOf<Invoice>(), keys: ['customerId'], ttl: 'expiresAt' });
    // @ts-expect-error no such view type
    defineTable({ name: 'T', item: itemOf<Invoice>(), keys: ['customerId'], viewType: 'NEW' });
    // @ts-expect-error no name
    defineTable({ item: itemOf<Invoice>(), keys: ['customerId'] });
    // @ts-expect-error no item
    defineTable({ name: 'T', keys: ['customerId'] });
    // @ts-expect-error no schema
    defineTable({ name: 'T', item: {}, keys: ['customerId'] });
  });
});
