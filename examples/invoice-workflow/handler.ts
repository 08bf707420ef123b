import { Logger } from '@aws-lambda-powertools/logger';
import { changed, streamRouter } from 'streamlane';
import { announce } from './announce.ts';
import { invoices } from './invoices.ts';

const logger = new Logger({ serviceName: 'invoices' });

/**
 * Tells the payments service what happens to an invoice.
 *
 * The changes of one invoice run in order, those of different invoices at the same time. A handler here may
 * simply throw: Lambda then delivers its record again, and whatever came behind it.
 */
export const handler = streamRouter(invoices, { concurrency: 25, logger })
  .onInsert(({ newImage, eventID }) => announce('InvoiceDrafted', newImage, eventID))
  .onModify(changed('status', { to: 'OPEN' }), ({ newImage, eventID }) =>
    announce('InvoiceOpened', newImage, eventID),
  )
  .onModify(changed('status', { to: 'PAID' }), ({ newImage, eventID }) =>
    announce('InvoicePaid', newImage, eventID),
  )
  .onRemove(({ oldImage, eventID }) => announce('InvoiceDeleted', oldImage, eventID));
