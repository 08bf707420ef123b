import { defineTable, itemOf } from 'streamlane';

export interface Invoice {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly status: 'DRAFT' | 'OPEN' | 'PAID';
  readonly total: number;
}

export const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
  viewType: 'NEW_AND_OLD_IMAGES',
});
