import { streamRouter } from 'streamlane';
import { writeAuditEntry } from './audit-log.ts';

interface Order {
  orderId: string;
  customer: string;
  total: number;
}

/** Notes every new order. Changes and deletes match no route, so they succeed and leave no entry. */
export const handler = streamRouter<Order>({ viewType: 'NEW_IMAGE' }).onInsert((record) =>
  writeAuditEntry({
    at: record.approximateCreationDateTime,
    eventID: record.eventID,
    table: record.tableName,
    keys: record.keys,
    item: record.newImage,
  }),
);
