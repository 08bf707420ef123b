import * as z from 'zod';

/** A customer: pk `CUSTOMER#<id>`, sk `PROFILE`. */
export const Customer = z.object({
  pk: z.string(),
  sk: z.string(),
  name: z.string(),
  email: z.email(),
  plan: z.enum(['free', 'pro']).default('free'),
  // Stored as text. Handlers get a Date, and conditions see the text.
  since: z.iso.date().transform((day) => new Date(day)),
});
