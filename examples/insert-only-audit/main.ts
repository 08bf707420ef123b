import { runOnTable } from '../run-on-table.ts';
import { handler } from './handler.ts';

const ada = { orderId: 'o-1', customer: 'ada', total: 120 };
const grace = { orderId: 'o-2', customer: 'grace', total: 80 };

await runOnTable({
  functionName: 'insert-only-audit',
  handler,
  tableName: 'Orders',
  keys: ['orderId'],
  viewType: 'NEW_IMAGE',
  writes: [
    { put: ada },
    { put: grace },
    { put: { ...ada, total: 100 } },
    { delete: { orderId: grace.orderId } },
  ],
});
