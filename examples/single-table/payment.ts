import * as z from 'zod';

/** A payment of an order: pk `CUSTOMER#<id>`, sk `PAYMENT#<id>`. */
export const Payment = z.object({
  pk: z.string(),
  sk: z.string(),
  orderId: z.string(),
  amount: z.number().positive(),
  card: z.object({ number: z.string(), holder: z.string() }),
});
