import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { changed } from '../../conditions/changed.ts';
import type { Logger } from '../../logger.ts';
import { streamRouter } from '../../router/router.ts';
import type { Announcement, Invoice } from './invoice.ts';

/** Sends an announcement; `id` is the same when Lambda delivers its change again. */
export type Announce = (announcement: Announcement, invoice: Invoice, id: string) => Promise<void>;

/** The function that the demo runs: each change of an invoice becomes an announcement. */
export function invoiceRouter(
  announce: Announce,
  logger: Logger,
): (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse> {
  const tell =
    (what: Announcement['what']) =>
    (invoice: Invoice, id: string): Promise<void> =>
      announce({ invoiceId: invoice.invoiceId, what }, invoice, id);
  const [drafted, opened, paid, deleted] = [tell('drafted'), tell('opened'), tell('paid'), tell('deleted')];
  return streamRouter<Invoice>({ concurrency: 25, logger })
    .onInsert(({ newImage, eventID }) => drafted(newImage, eventID))
    .onModify(changed('status', { to: 'OPEN' }), ({ newImage, eventID }) => opened(newImage, eventID))
    .onModify(changed('status', { to: 'PAID' }), ({ newImage, eventID }) => paid(newImage, eventID))
    .onRemove(({ oldImage, eventID }) => deleted(oldImage, eventID));
}
