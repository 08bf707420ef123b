import { streamRouter } from 'streamlane';
import { auditTrail } from 'streamlane/audit';
import { deadLetter } from 'streamlane/middleware/dead-letter';
import { app } from './app.ts';
import { customers } from './customers.ts';
import { lines, orders } from './orders.ts';
import { payments } from './payments.ts';
import { auditTable, deadLetters } from './sinks.ts';

/**
 * Announces the changes of orders, greets customers and notes every change. The changes of one customer run in order, as
 * all of them have the customer's partition key. A payment that does not fit its schema goes to the dead-letter queue.
 */
export const handler = streamRouter(app, { order: 'partition' })
  .use(deadLetter(deadLetters))
  .use(
    auditTrail<typeof app>(auditTable, {
      redact: { customer: ['email'], payment: ['card.number'], order: [], line: [] },
    }),
  )
  .entity('customer', customers)
  .entity('order', orders)
  .entity('line', lines)
  .entity('payment', payments);
