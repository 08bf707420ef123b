import { describe, expectTypeOf, test } from 'vitest';
import {
  type Condition,
  defineTable,
  itemOf,
  type ModifyRecord,
  not,
  ownWrite,
  type StreamRecord,
  streamRouter,
} from '../../src/index.ts';

interface Product {
  productId: string;
  name: string;
  searchText?: string;
  derivedFrom?: string;
}

const products = defineTable({ name: 'Products', item: itemOf<Product>(), keys: ['productId'] });

describe('ownWrite', () => {
  test('takes the attributes of the item, in any route', () => {
    streamRouter<Product>()
      .onInsert(not(ownWrite('derivedFrom')), ({ newImage }) => void newImage.name)
      .onModify(ownWrite('derivedFrom', { writes: ['searchText'] }), ({ oldImage }) => void oldImage.name)
      .onModify(
        not(ownWrite('derivedFrom', { writes: ['searchText'] })),
        ({ newImage }) => void newImage.name,
      )
      .onRemove(ownWrite('derivedFrom'), () => {});
    streamRouter(products).onModify(not(ownWrite('derivedFrom')), ({ keys }) => void keys.productId);
    streamRouter().onModify(not(ownWrite('derivedFrom')), () => {});
  });

  test('takes an attribute that is not declared, in brackets', () => {
    streamRouter<Product>().onModify(not(ownWrite('["GSI1PK"]')), () => {});
  });

  test('takes no misspelt attribute', () => {
    // @ts-expect-error
    streamRouter<Product>().onModify(ownWrite('derivedForm'), () => {});
    // @ts-expect-error
    streamRouter<Product>().onModify(not(ownWrite('derivedForm')), () => {});
    // @ts-expect-error
    streamRouter<Product>().onModify(not(ownWrite('derivedFrom', { writes: ['serchText'] })), () => {});
  });

  test('takes no path below an attribute, and names that look like one in brackets', () => {
    interface Odd {
      id: string;
      'a.b': string;
      map: { by: string };
    }
    streamRouter<Odd>().onModify(ownWrite('["a.b"]'), () => {});
    // @ts-expect-error
    streamRouter<Odd>().onModify(ownWrite('a.b'), () => {});
    // @ts-expect-error
    streamRouter<Odd>().onModify(ownWrite('map.by'), () => {});
  });

  test('needs both images for a change, and the new one for an insert', () => {
    const table = { name: 'Products', item: itemOf<Product>(), keys: ['productId'] } as const;
    const only = streamRouter(defineTable({ ...table, viewType: 'NEW_IMAGE' }));
    only.onInsert(not(ownWrite('derivedFrom')), () => {});
    // @ts-expect-error
    only.onModify(not(ownWrite('derivedFrom')), () => {});
    const none = streamRouter(defineTable({ ...table, viewType: 'KEYS_ONLY' }));
    // @ts-expect-error
    none.onInsert(ownWrite('derivedFrom'), () => {});
  });

  test('stands alone with the type of its records', () => {
    const own = ownWrite<ModifyRecord<Product>>('derivedFrom');
    expectTypeOf(own).toEqualTypeOf<Condition<ModifyRecord<Product>>>();
    streamRouter<Product>().onModify(not(own), () => {});
    ownWrite<StreamRecord<Product>>('derivedFrom');
  });
});
