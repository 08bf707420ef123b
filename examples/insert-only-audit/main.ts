import { runOnTable } from '../run-on-table.ts';
import { createAuditTable, historyOf } from './audit-table.ts';

const tableName = 'Orders';
const auditTable = 'OrdersAudit';
process.env.AUDIT_TABLE = auditTable;
const { handler } = await import('./handler.ts');

const card = { number: '4111 1111 1111 1111', holder: 'Ada' };
const first = { orderId: 'o-1', customer: 'ada', total: 120, card, updatedBy: 'web' };
const other = { ...first, orderId: 'o-2', total: 80 };

await runOnTable({
  functionName: 'insert-only-audit',
  handler,
  tableName,
  keys: ['orderId'],
  viewType: 'NEW_IMAGE',
  prepare: (dynamodb) => createAuditTable(dynamodb, auditTable),
  writes: [
    { put: first },
    { put: other },
    { put: { ...first, total: 100 } },
    { delete: { orderId: first.orderId } },
    { put: { ...first, total: 90, updatedBy: 'support' } },
  ],
  async conclude(dynamodb) {
    const { orderId } = first;
    console.log(`\nHow order ${orderId} came to be:`);
    for (const entry of await historyOf(dynamodb, auditTable, { tableName, keys: { orderId } })) {
      console.log(`\n${entry.time} by ${entry.actor}`);
      for (const { path, after } of entry.changes ?? []) console.log(`  ${path} = ${JSON.stringify(after)}`);
    }
  },
});
