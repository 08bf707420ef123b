import { parseDeadLetter } from 'streamlane/middleware/dead-letter';
import { historyOf } from '../insert-only-audit/audit-table.ts';
import { runOnTable } from '../run-on-table.ts';
import { app } from './app.ts';
import { handler } from './handler.ts';
import { createResources, type Resources } from './resources.ts';

const auditTable = 'AppAudit';
const pk = 'CUSTOMER#c-1';
const customer = { pk, sk: 'PROFILE', name: 'Ada', email: 'ada@example.com', since: '2026-01-01' };
const order = { pk, sk: 'ORDER#o-1', orderId: 'o-1', status: 'OPEN', total: 80 };
const line = { pk, sk: 'ORDER#o-1#LINE#1', orderId: 'o-1', sku: 'LAMP', quantity: 1 };
const card = { number: '4111 1111 1111 1111', holder: 'Ada' };
const payment = { pk, sk: 'PAYMENT#p-1', orderId: 'o-1', amount: 80, card };
let resources: Resources;

await runOnTable({
  functionName: 'single-table',
  handler,
  tableName: app.name,
  keys: app.keys,
  viewType: app.viewType,
  prepare: async (dynamodb) => {
    resources = await createResources(dynamodb, auditTable);
    return resources;
  },
  writes: [
    { put: customer },
    { put: order },
    { put: line },
    { put: { ...line, quantity: 2 } },
    { put: payment },
    { put: { ...order, status: 'PAID' } },
    { put: { ...payment, sk: 'PAYMENT#p-2', amount: -80 } }, // a mistake: does not fit the schema
    { put: { ...customer, plan: 'pro' } },
    { put: { pk, sk: 'SETTINGS', theme: 'dark' } }, // no entity of this function
    { delete: { pk, sk: order.sk } },
  ],
  async conclude(dynamodb) {
    console.log('\nThe order events, as a reader of the topic gets them:');
    for (const event of await resources.orderEvents()) console.log(`  ${JSON.stringify(event)}`);

    console.log('\nThe audit log:');
    for (const { sk } of [customer, order, payment]) {
      for (const entry of await historyOf(dynamodb, auditTable, { tableName: app.name, keys: { pk, sk } })) {
        const changes = entry.changes?.filter(({ path }) => path !== 'pk' && path !== 'sk') ?? [];
        const shown = changes.map(({ path, after }) => ` ${path}=${JSON.stringify(after)}`);
        console.log(
          `  ${entry.entity} ${sk} ${entry.eventName}${entry.eventName === 'REMOVE' ? '' : shown.join('')}`,
        );
      }
    }

    console.log('\nDead letters:');
    for (const letter of await resources.deadLetters()) {
      const { entity, record, error } = parseDeadLetter(letter);
      console.log(`  ${entity} ${record.dynamodb?.Keys?.sk?.S}: ${error.message}`);
    }
  },
});
