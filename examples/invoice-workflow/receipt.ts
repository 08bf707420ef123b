import type { Invoice } from './invoice.ts';

/** The message to the service that sends receipts. */
export interface Receipt {
  /** The same at each delivery of the change: a standard topic may deliver it twice, and its reader can tell. */
  readonly eventID: string;
  readonly invoiceId: string;
  readonly version: number;
}

/** The receipt of a payment. */
export function receiptOf({ invoiceId, version }: Invoice, eventID: string): Receipt {
  return { eventID, invoiceId, version };
}
