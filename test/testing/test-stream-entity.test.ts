import { describe, expect, test } from 'vitest';
import { defineTable, itemOf, prefix } from '../../src/index.ts';
import { testStream } from '../../src/testing/index.ts';

const app = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  entities: {
    order: { item: itemOf<{ total: number }>(), match: { sk: prefix('ORDER#') } },
    customer: { item: itemOf<{ name: string }>(), match: { type: 'CUSTOMER' } },
  },
});
const order = { pk: 'C#1', sk: 'ORDER#1', total: 7 };
const customer = { pk: 'C#1', sk: 'PROFILE', type: 'CUSTOMER', name: 'Ada' };

describe('testStream(table).entity', () => {
  test('writes records of the stream', () => {
    const stream = testStream(app);
    const orders = stream.entity('order');
    const records = [
      orders.insert(order),
      orders.modify(order, { ...order, total: 8 }),
      orders.remove(order),
      orders.expire(order),
      stream.insert(customer),
    ];
    expect(records.map(({ eventName }) => eventName)).toEqual([
      'INSERT',
      'MODIFY',
      'REMOVE',
      'REMOVE',
      'INSERT',
    ]);
    const numbers = records.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(records[3]?.userIdentity).toBeDefined();
  });

  test('takes an old item of another entity, as a backfill changes it', () => {
    const { type, ...untyped } = customer;
    const record = testStream(app)
      .entity('customer')
      .modify(untyped as never, customer);
    expect(record.dynamodb.NewImage?.type).toEqual({ S: type });
  });

  test.each([
    ['of another entity', customer, 'but to customer'],
    ['of none', { pk: 'C#1', sk: 'SETTINGS' }, 'but to none'],
  ])('refuses an item %s', (_, item, message) => {
    expect(() =>
      testStream(app)
        .entity('order')
        .insert(item as never),
    ).toThrow(
      expect.objectContaining({
        code: 'INVALID_ITEM',
        owner: 'insert',
        message: expect.stringContaining(message),
      }),
    );
  });

  test('refuses a name that the table does not declare', () => {
    expect(() => testStream(app).entity('orders' as 'order')).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('order, customer'),
      }),
    );
  });
});
