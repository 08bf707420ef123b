import { changed, env, oneOf, streamRouter } from 'streamlane';
import { publishTo } from 'streamlane/sinks';
import { snsTopic } from 'streamlane/sinks/sns';
import { invoices } from './invoices.ts';

// Read at the first message: this module is imported where the stack is made, too, and there the variable is not set.
const payments = snsTopic({ topicArn: env('PAYMENTS_TOPIC_ARN') });

/** Announces invoices that are opened or paid. Drafts and deleted invoices do not reach the function: see the filters. */
export const handler = streamRouter(invoices).onModify(
  changed('status', { to: oneOf('OPEN', 'PAID') }),
  publishTo(payments, ({ newImage }) => ({
    id: newImage.invoiceId,
    status: newImage.status,
    total: newImage.total,
  })),
);
