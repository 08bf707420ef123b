// invoice.ts
export interface Invoice {
  customerId: string;
  invoiceId: string;
  status: 'DRAFT' | 'OPEN' | 'PAID';
  total: number;
}
