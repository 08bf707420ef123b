import { changed, streamRouter } from 'streamlane';
import { deadLetter } from 'streamlane/middleware/dead-letter';
import { publishTo } from 'streamlane/sinks';
import { announcementOf } from './announcement.ts';
import { invoices } from './invoices.ts';
import { receiptOf } from './receipt.ts';
import { deadLetters, payments, receipts } from './sinks.ts';

// Off where failures are simulated: each of them is an error in the log.
const logger = process.env.INVOICES_LOG === 'off' ? false : console;
const paid = changed('status', { to: 'PAID' });

/**
 * Announces the changes of an invoice to the payments service, and sends receipts of payments to another one.
 *
 * The changes of one invoice run in order, those of different invoices at the same time. Where a topic does not take
 * a message, Lambda delivers the record again, and all records after it. A record that can never be handled goes
 * to the dead-letter queue, so that it does not block the records after it.
 */
export const handler = streamRouter(invoices, { concurrency: 25, logger })
  .use(deadLetter(deadLetters))
  .onInsert(publishTo(payments, ({ newImage }) => announcementOf('InvoiceDrafted', newImage)))
  .onModify(
    changed('status', { to: 'OPEN' }),
    publishTo(payments, ({ newImage }) => announcementOf('InvoiceOpened', newImage)),
  )
  .onModify(
    paid,
    publishTo(payments, ({ newImage }) => announcementOf('InvoicePaid', newImage)),
  )
  .onModify(
    paid,
    publishTo(receipts, ({ newImage, eventID }) => receiptOf(newImage, eventID)),
  )
  .onRemove(publishTo(payments, ({ oldImage }) => announcementOf('InvoiceDeleted', oldImage)));
