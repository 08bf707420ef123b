import { changed, defineTable, env, itemOf, streamRouter } from 'streamlane';
import { auditTrail } from 'streamlane/audit';
import { deadLetter } from 'streamlane/middleware/dead-letter';
import { publishTo } from 'streamlane/sinks';
import { tableWriter } from 'streamlane/sinks/dynamodb';
import { snsTopic } from 'streamlane/sinks/sns';
import { sqsQueue } from 'streamlane/sinks/sqs';

export interface Order {
  readonly customerId: string;
  readonly orderId: string;
  readonly status: 'OPEN' | 'PAID' | 'CANCELLED';
  readonly total: number;
  readonly email: string;
}

export const orders = defineTable({
  name: 'Orders',
  item: itemOf<Order>(),
  keys: ['customerId', 'orderId'],
});

// Read at the first message: mapping.ts imports this module where the variables are not set.
export const events = snsTopic({ topicArn: env('ORDER_EVENTS_TOPIC_ARN') });
export const audit = tableWriter({ tableName: env('AUDIT_TABLE_NAME'), keys: ['itemKey', 'position'] });
export const letters = sqsQueue({ queueUrl: env('DEAD_LETTERS_QUEUE_URL') });

/** Records every change in the audit table, and announces new orders and new states, in the order of each order's changes. */
export const handler = streamRouter(orders)
  .use(deadLetter(letters))
  .use(auditTrail(audit, { redact: ['email'] }))
  .onInsert(
    publishTo(events, ({ newImage }) => ({
      event: 'OrderOpened',
      orderId: newImage.orderId,
      total: newImage.total,
    })),
  )
  .onModify(
    changed('status'),
    publishTo(events, ({ newImage }) => ({
      event: 'OrderChanged',
      orderId: newImage.orderId,
      status: newImage.status,
    })),
  );
