import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import {
  defineTable,
  type EventName,
  itemOf,
  processBatch,
  type StreamRecord,
  type StreamRouter,
  type StreamViewType,
  streamRouter,
} from '../../src/index.ts';

interface Invoice {
  customerId: string;
  invoiceId: string;
  total: number;
}
type Keys = Pick<Invoice, 'customerId' | 'invoiceId'>;

/** The record that a route of a router gets. */
type RecordOf<Router, Method extends 'onInsert' | 'onModify' | 'onRemove'> =
  Router extends StreamRouter<infer Item, infer View, infer Keys>
    ? Parameters<Parameters<StreamRouter<Item, View, Keys>[Method]>[0]>[0]
    : never;
type ImagesOf<Router, Method extends 'onInsert' | 'onModify' | 'onRemove'> = Extract<
  keyof RecordOf<Router, Method>,
  'newImage' | 'oldImage'
>;

const schema = z.object({ customerId: z.string(), invoiceId: z.string(), total: z.number() });
const keys = ['customerId', 'invoiceId'] as const;
const name = 'Invoices';

function untyped() {
  return {
    byDefault: streamRouter<Invoice>(),
    keysOnly: streamRouter<Invoice>({ viewType: 'KEYS_ONLY' }),
    newImage: streamRouter<Invoice>({ viewType: 'NEW_IMAGE' }),
    oldImage: streamRouter<Invoice>({ viewType: 'OLD_IMAGE' }),
    both: streamRouter<Invoice>({ viewType: 'NEW_AND_OLD_IMAGES' }),
  };
}
function typed() {
  const item = itemOf<Invoice>();
  return {
    byDefault: streamRouter(defineTable({ name, item, keys })),
    keysOnly: streamRouter(defineTable({ name, item, keys, viewType: 'KEYS_ONLY' })),
    newImage: streamRouter(defineTable({ name, item, keys, viewType: 'NEW_IMAGE' })),
    oldImage: streamRouter(defineTable({ name, item, keys, viewType: 'OLD_IMAGE' })),
    both: streamRouter(defineTable({ name, item, keys, viewType: 'NEW_AND_OLD_IMAGES' })),
  };
}
function checked() {
  return {
    byDefault: streamRouter(defineTable({ name, item: schema, keys })),
    keysOnly: streamRouter(defineTable({ name, item: schema, keys, viewType: 'KEYS_ONLY' })),
    newImage: streamRouter(defineTable({ name, item: schema, keys, viewType: 'NEW_IMAGE' })),
    oldImage: streamRouter(defineTable({ name, item: schema, keys, viewType: 'OLD_IMAGE' })),
    both: streamRouter(defineTable({ name, item: schema, keys, viewType: 'NEW_AND_OLD_IMAGES' })),
  };
}

describe('a record has the images that its view type and event carry, and no other', () => {
  test('without a table', () => {
    type Routers = ReturnType<typeof untyped>;
    expectTypeOf<ImagesOf<Routers['keysOnly'], 'onInsert'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['keysOnly'], 'onModify'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['keysOnly'], 'onRemove'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['newImage'], 'onInsert'>>().toEqualTypeOf<'newImage'>();
    expectTypeOf<ImagesOf<Routers['newImage'], 'onModify'>>().toEqualTypeOf<'newImage'>();
    expectTypeOf<ImagesOf<Routers['newImage'], 'onRemove'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['oldImage'], 'onInsert'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['oldImage'], 'onModify'>>().toEqualTypeOf<'oldImage'>();
    expectTypeOf<ImagesOf<Routers['oldImage'], 'onRemove'>>().toEqualTypeOf<'oldImage'>();
    expectTypeOf<ImagesOf<Routers['both'], 'onInsert'>>().toEqualTypeOf<'newImage'>();
    expectTypeOf<ImagesOf<Routers['both'], 'onModify'>>().toEqualTypeOf<'newImage' | 'oldImage'>();
    expectTypeOf<ImagesOf<Routers['both'], 'onRemove'>>().toEqualTypeOf<'oldImage'>();
    expectTypeOf<Routers['byDefault']>().toEqualTypeOf<Routers['both']>();
    expectTypeOf<Routers['both']>().toEqualTypeOf<
      StreamRouter<Invoice, 'NEW_AND_OLD_IMAGES', Partial<Invoice>>
    >();
  });

  test('with a table, whether its item is a type or a schema', () => {
    type Routers = ReturnType<typeof typed>;
    // Of one type, so what holds for the one holds for the other.
    expectTypeOf<ReturnType<typeof checked>>().toEqualTypeOf<Routers>();
    expectTypeOf<Routers['keysOnly']>().toEqualTypeOf<StreamRouter<Invoice, 'KEYS_ONLY', Keys>>();
    expectTypeOf<Routers['newImage']>().toEqualTypeOf<StreamRouter<Invoice, 'NEW_IMAGE', Keys>>();
    expectTypeOf<Routers['oldImage']>().toEqualTypeOf<StreamRouter<Invoice, 'OLD_IMAGE', Keys>>();
    expectTypeOf<Routers['both']>().toEqualTypeOf<StreamRouter<Invoice, 'NEW_AND_OLD_IMAGES', Keys>>();
    expectTypeOf<Routers['byDefault']>().toEqualTypeOf<Routers['both']>();
    expectTypeOf<ImagesOf<Routers['keysOnly'], 'onInsert'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['keysOnly'], 'onModify'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['keysOnly'], 'onRemove'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['newImage'], 'onInsert'>>().toEqualTypeOf<'newImage'>();
    expectTypeOf<ImagesOf<Routers['newImage'], 'onModify'>>().toEqualTypeOf<'newImage'>();
    expectTypeOf<ImagesOf<Routers['newImage'], 'onRemove'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['oldImage'], 'onInsert'>>().toEqualTypeOf<never>();
    expectTypeOf<ImagesOf<Routers['oldImage'], 'onModify'>>().toEqualTypeOf<'oldImage'>();
    expectTypeOf<ImagesOf<Routers['oldImage'], 'onRemove'>>().toEqualTypeOf<'oldImage'>();
    expectTypeOf<ImagesOf<Routers['both'], 'onInsert'>>().toEqualTypeOf<'newImage'>();
    expectTypeOf<ImagesOf<Routers['both'], 'onModify'>>().toEqualTypeOf<'newImage' | 'oldImage'>();
    expectTypeOf<ImagesOf<Routers['both'], 'onRemove'>>().toEqualTypeOf<'oldImage'>();
  });

  test('as handlers are written: reading another image does not compile', () => {
    for (const { keysOnly, newImage, oldImage, both } of [typed(), checked()]) {
      keysOnly
        // @ts-expect-error KEYS_ONLY inserts carry no image
        .onInsert((record) => record.newImage)
        // @ts-expect-error KEYS_ONLY modifications carry no new image
        .onModify((record) => record.newImage)
        // @ts-expect-error KEYS_ONLY modifications carry no old image
        .onModify((record) => record.oldImage)
        // @ts-expect-error KEYS_ONLY removals carry no image
        .onRemove((record) => record.oldImage);
      newImage
        .onInsert((record) => expectTypeOf(record.newImage).toEqualTypeOf<Invoice>())
        .onModify((record) => expectTypeOf(record.newImage).toEqualTypeOf<Invoice>())
        // @ts-expect-error an insert has no old image
        .onInsert((record) => record.oldImage)
        // @ts-expect-error NEW_IMAGE carries no old image
        .onModify((record) => record.oldImage)
        // @ts-expect-error NEW_IMAGE carries no image of a removed item
        .onRemove((record) => record.oldImage)
        // @ts-expect-error a removal has no new image
        .onRemove((record) => record.newImage);
      oldImage
        .onModify((record) => expectTypeOf(record.oldImage).toEqualTypeOf<Invoice>())
        .onRemove((record) => expectTypeOf(record.oldImage).toEqualTypeOf<Invoice>())
        // @ts-expect-error OLD_IMAGE carries no image of a created item
        .onInsert((record) => record.newImage)
        // @ts-expect-error OLD_IMAGE carries no new image
        .onModify((record) => record.newImage)
        // @ts-expect-error a removal has no new image
        .onRemove((record) => record.newImage);
      both
        .onInsert((record) => expectTypeOf(record.newImage).toEqualTypeOf<Invoice>())
        .onModify((record) => expectTypeOf(record.newImage).toEqualTypeOf<Invoice>())
        .onModify((record) => expectTypeOf(record.oldImage).toEqualTypeOf<Invoice>())
        .onRemove((record) => expectTypeOf(record.oldImage).toEqualTypeOf<Invoice>())
        // @ts-expect-error an insert has no old image
        .onInsert((record) => record.oldImage)
        // @ts-expect-error a removal has no new image
        .onRemove((record) => record.newImage);
    }
  });

  test('and images are not replaced, nor records', () => {
    typed().both.onModify((record) => {
      // @ts-expect-error read only
      record.newImage = { customerId: 'a', invoiceId: 'b', total: 1 };
      // @ts-expect-error read only
      record.eventName = 'INSERT';
      // @ts-expect-error keys are read only
      record.keys.customerId = 'b';
    });
  });
});

describe('a record of any event is branched on by eventName', () => {
  test('with every view type', () => {
    expectTypeOf<StreamRecord<Invoice>['eventName']>().toEqualTypeOf<EventName>();
    const inspect = (
      all: StreamRecord<Invoice>,
      keysOnly: StreamRecord<Invoice, 'KEYS_ONLY'>,
      newImage: StreamRecord<Invoice, 'NEW_IMAGE'>,
      oldImage: StreamRecord<Invoice, 'OLD_IMAGE'>,
    ): void => {
      if (all.eventName === 'INSERT') expectTypeOf(all.newImage).toEqualTypeOf<Invoice>();
      if (all.eventName === 'MODIFY') expectTypeOf([all.newImage, all.oldImage]).toEqualTypeOf<Invoice[]>();
      if (all.eventName === 'REMOVE') expectTypeOf(all.oldImage).toEqualTypeOf<Invoice>();
      if (newImage.eventName !== 'REMOVE') expectTypeOf(newImage.newImage).toEqualTypeOf<Invoice>();
      if (oldImage.eventName !== 'INSERT') expectTypeOf(oldImage.oldImage).toEqualTypeOf<Invoice>();
      // @ts-expect-error a removal has none
      all.newImage;
      // @ts-expect-error an insert has none
      all.oldImage;
      // @ts-expect-error KEYS_ONLY carries none
      keysOnly.newImage;
      // @ts-expect-error KEYS_ONLY carries none
      keysOnly.oldImage;
      // @ts-expect-error a removal has none
      newImage.newImage;
      // @ts-expect-error NEW_IMAGE carries none
      newImage.oldImage;
      // @ts-expect-error OLD_IMAGE carries none
      oldImage.newImage;
    };
    expectTypeOf(inspect).toBeFunction();
  });

  test('in processBatch and in middleware, too', () => {
    const table = defineTable({ name, item: itemOf<Invoice>(), keys, viewType: 'NEW_IMAGE' });
    streamRouter(table).use((record, _context, next) => {
      expectTypeOf(record).toEqualTypeOf<StreamRecord<Invoice, 'NEW_IMAGE', Keys>>();
      return next();
    });
    const calls = [
      () =>
        processBatch(
          { Records: [] },
          undefined,
          (record) => expectTypeOf(record).toEqualTypeOf<StreamRecord<Invoice, 'NEW_IMAGE', Keys>>(),
          { table },
        ),
      () =>
        processBatch<Invoice>({ Records: [] }, undefined, (record) =>
          expectTypeOf(record).toEqualTypeOf<StreamRecord<Invoice>>(),
        ),
      () =>
        processBatch<Invoice>(
          { Records: [] },
          undefined,
          (record) => expectTypeOf(record).toEqualTypeOf<StreamRecord<Invoice, 'KEYS_ONLY'>>(),
          { viewType: 'KEYS_ONLY' },
        ),
      () =>
        processBatch<Invoice>(
          { Records: [] },
          undefined,
          (record) => expectTypeOf(record).toEqualTypeOf<StreamRecord<Invoice, 'NEW_IMAGE'>>(),
          { viewType: 'NEW_IMAGE' },
        ),
      () =>
        processBatch<Invoice>(
          { Records: [] },
          undefined,
          (record) => expectTypeOf(record).toEqualTypeOf<StreamRecord<Invoice, 'OLD_IMAGE'>>(),
          { viewType: 'OLD_IMAGE' },
        ),
    ];
    expectTypeOf(calls).toBeArray();
  });
});

describe('keys', () => {
  test('are those of the table, and there', () => {
    typed().keysOnly.onRemove(({ keys }) => {
      expectTypeOf(keys).toEqualTypeOf<Readonly<Keys>>();
      // @ts-expect-error total is not a key attribute
      keys.total;
    });
  });

  test('are any attributes of the item without a table, and perhaps there', () => {
    untyped().keysOnly.onRemove(({ keys }) => {
      expectTypeOf(keys.customerId).toEqualTypeOf<string | undefined>();
      // @ts-expect-error no attribute of the item
      keys.other;
    });
  });
});

test('an item of which nothing is declared can be read without a cast', () => {
  streamRouter().onModify(({ newImage, oldImage, keys }) => {
    expectTypeOf(newImage.anything).toBeAny();
    expectTypeOf(oldImage.anything).toBeAny();
    expectTypeOf(keys.anything).toBeAny();
  });
});

test('a view type that is known only at run time does not compile: what could handlers read?', () => {
  const viewType = 'NEW_IMAGE' as StreamViewType;
  // @ts-expect-error one of four
  streamRouter<Invoice>({ viewType });
});
