import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Invoice } from './invoice.ts';

/** What the payments service receives. */
export interface Announcement {
  readonly type: 'InvoiceDrafted' | 'InvoiceOpened' | 'InvoicePaid' | 'InvoiceDeleted';
  readonly customerId: string;
  readonly invoiceId: string;
  readonly version: number;
  readonly total: number;
}

/** The client of this function: made once per sandbox, so that its connections are kept between invocations. */
export const sns = new SNSClient({});

/**
 * Publishes one announcement to the FIFO topic of the payments service.
 *
 * @param eventID - stays the same when Lambda delivers the change again, so that the topic drops an announcement
 * that it already has
 */
export async function announce(
  type: Announcement['type'],
  { customerId, invoiceId, version, total }: Invoice,
  eventID: string,
): Promise<void> {
  const announcement: Announcement = { type, customerId, invoiceId, version, total };
  await sns.send(
    new PublishCommand({
      TopicArn: process.env.PAYMENTS_TOPIC_ARN,
      Message: JSON.stringify(announcement),
      // A group is delivered in order: one group per invoice carries the order of its lane on to the consumer.
      MessageGroupId: `${customerId}/${invoiceId}`,
      MessageDeduplicationId: eventID,
    }),
  );
}
