/** An invoice of the demo. */
export interface Invoice {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly status: 'DRAFT' | 'OPEN' | 'PAID';
  readonly total: number;
}

/** What the payments service hears of an invoice. */
export interface Announcement {
  readonly invoiceId: string;
  readonly what: 'drafted' | 'opened' | 'paid' | 'deleted';
}
