import { defineTable, itemOf, prefix, wildcard } from 'streamlane';
import { Customer } from './customer.ts';
import type { Order, OrderLine } from './order.ts';
import { Payment } from './payment.ts';

/** The table: what its items are, and how to tell them apart. The first entity that matches wins. */
export const app = defineTable({
  name: 'App',
  keys: ['pk', 'sk'],
  entities: {
    // Before `order`, whose prefix its keys have as well.
    line: { item: itemOf<OrderLine>(), match: { sk: wildcard('ORDER#*#LINE#*') } },
    order: { item: itemOf<Order>(), match: { sk: prefix('ORDER#') } },
    payment: { item: Payment, match: { sk: prefix('PAYMENT#') } },
    customer: { item: Customer, match: { sk: 'PROFILE' } },
  },
});
