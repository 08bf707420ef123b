import { defineTable, env, itemOf, streamRouter } from 'streamlane';
import { publishTo } from 'streamlane/sinks';
import { snsTopic } from 'streamlane/sinks/sns';

interface Invoice {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly total: number;
}

const invoices = defineTable({
  name: 'Invoices',
  item: itemOf<Invoice>(),
  keys: ['customerId', 'invoiceId'],
  viewType: 'NEW_IMAGE',
});

// Read at the first message: mapping.ts imports this module where the variable is not set.
const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });

/** Announces every new invoice. Changes and deletes do not reach the function: see the filter in the template. */
export const handler = streamRouter(invoices).onInsert(
  publishTo(payments, ({ newImage }) => ({ created: newImage.invoiceId, total: newImage.total })),
);
