import { defineTable, itemOf } from 'streamlane';
import type { Invoice } from './invoice.ts';

/** The table, declared once: its keys and its view type decide what the handlers may read. */
export const invoices = defineTable({
  name: process.env.INVOICES_TABLE ?? 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
  viewType: 'NEW_AND_OLD_IMAGES',
});
