import { env, type RecordContext } from 'streamlane';
import { publishTo, type SinkRecord } from 'streamlane/sinks';
import { tableWriter } from 'streamlane/sinks/dynamodb';
import { snsTopic } from 'streamlane/sinks/sns';
import { sqsQueue } from 'streamlane/sinks/sqs';

/** The messages of the topic. */
export type OrderEvent =
  | { readonly type: 'OrderPlaced'; readonly orderId: string; readonly total: number }
  | {
      readonly type: 'LineChanged';
      readonly orderId: string;
      readonly sku: string;
      readonly quantity: number;
    }
  | { readonly type: 'PaymentReceived'; readonly orderId: string; readonly amount: number }
  | { readonly type: 'OrderPaid' | 'OrderCancelled'; readonly orderId: string };

const events = snsTopic({ topicArn: env('ORDER_EVENTS_TOPIC_ARN') });

/** Where every change is noted. */
export const auditTable = tableWriter({ tableName: env('AUDIT_TABLE'), keys: ['itemKey', 'position'] });

/** Where records go that this version of the function can never handle. */
export const deadLetters = sqsQueue({ queueUrl: env('DEAD_LETTER_QUEUE_URL') });

/**
 * Makes a handler that sends an event. Events of one customer are one group of the FIFO topic, so that a payment does not
 * overtake its order, which is another item.
 */
export function announce<R extends SinkRecord & { readonly keys: { readonly pk: string } }>(
  toEvent: (record: R) => OrderEvent,
): (record: R, context: RecordContext) => Promise<void> {
  return publishTo(events, toEvent, ({ keys }: R) => ({ groupId: keys.pk }));
}
