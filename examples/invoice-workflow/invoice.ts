export interface Invoice {
  customerId: string;
  invoiceId: string;
  status: 'DRAFT' | 'OPEN' | 'PAID';
  total: number;
  currency: string;
  /** Counts the saves of this invoice. */
  version: number;
}
