export interface Invoice {
  customerId: string;
  invoiceId: string;
  status: 'DRAFT' | 'OPEN' | 'PAID';
  /** In cents. */
  total: number;
  /** Counts the saves of this invoice. */
  version: number;
}
