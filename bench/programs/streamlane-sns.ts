import { streamRouter } from 'streamlane';
import { publishTo } from 'streamlane/sinks';
import { snsTopic } from 'streamlane/sinks/sns';

interface Invoice {
  customerId: string;
  invoiceId: string;
  total: number;
}

const payments = snsTopic({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:payments' });

export const handler = streamRouter<Invoice>().onInsert(
  publishTo(payments, ({ newImage }) => ({ id: newImage.invoiceId, total: newImage.total })),
);
