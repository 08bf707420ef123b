import { changed, expired, streamRouter } from 'streamlane';

interface Invoice {
  customerId: string;
  invoiceId: string;
  status: 'DRAFT' | 'OPEN' | 'PAID';
  total: number;
}

export const handler = streamRouter<Invoice>()
  .onInsert(async ({ newImage }, { logger }) => logger.info('created', { total: newImage.total }))
  .onModify(changed('status', { to: 'PAID' }), async (_, { logger }) => logger.info('paid', {}))
  .onRemove(expired, async (_, { logger }) => logger.info('expired', {}));
