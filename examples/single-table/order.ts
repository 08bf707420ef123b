/** An order: pk `CUSTOMER#<id>`, sk `ORDER#<order>`. */
export interface Order {
  pk: string;
  sk: string;
  orderId: string;
  status: 'OPEN' | 'PAID';
  total: number;
}

/** A line of an order: pk `CUSTOMER#<id>`, sk `ORDER#<order>#LINE#<number>`. */
export interface OrderLine {
  pk: string;
  sk: string;
  orderId: string;
  sku: string;
  quantity: number;
}
