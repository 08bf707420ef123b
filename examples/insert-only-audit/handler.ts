import { env, streamRouter } from 'streamlane';
import { auditTrail } from 'streamlane/audit';
import { tableWriter } from 'streamlane/sinks/dynamodb';

interface Order {
  orderId: string;
  customer: string;
  total: number;
  card: { number: string; holder: string };
  /** Who wrote the order last. */
  updatedBy: string;
}

const audit = auditTrail(tableWriter({ tableName: env('AUDIT_TABLE'), keys: ['itemKey', 'position'] }), {
  actor: 'updatedBy',
  redact: ['card.number'],
});

/** Notes every new order. Changes and deletes match no route, so they succeed and leave no entry. */
export const handler = streamRouter<Order>({ viewType: 'NEW_IMAGE' }).onInsert(audit);
