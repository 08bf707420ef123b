import type { Invoice } from './invoice.ts';
import { minorUnits } from './minor-units.ts';

/** The message to the payments service. */
export interface Announcement {
  readonly type: 'InvoiceDrafted' | 'InvoiceOpened' | 'InvoicePaid' | 'InvoiceDeleted';
  readonly customerId: string;
  readonly invoiceId: string;
  readonly version: number;
  /** In the smallest unit of the currency. */
  readonly amount: number;
  readonly currency: string;
}

/** The announcement of a step of an invoice. */
export function announcementOf(
  type: Announcement['type'],
  { customerId, invoiceId, version, total, currency }: Invoice,
): Announcement {
  return { type, customerId, invoiceId, version, amount: minorUnits(total, currency), currency };
}
