import { setTimeout as wait } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { parseKeys } from '../../../src/cli/flags/table-keys.ts';
import { createTable } from '../../../src/cli/servers/create-table.ts';
import { startEmulators } from '../../../src/emulators/start-emulators.ts';
import { attributeMap, parseJson } from '../../../src/testing/item-json.ts';
import { inTerminal } from '../terminal.ts';
import type { Scene } from './scene.ts';

const invoice = (fields: string): string => `{"customerId":"C-7","invoiceId":"INV-1042",${fields}}`;

const WRITES = [
  invoice('"status":"DRAFT","total":120.5,"lines":[{"sku":"LAMP","quantity":1}]'),
  invoice('"status":"OPEN","total":241,"lines":[{"sku":"LAMP","quantity":2}],"due":"2026-12-01"'),
  invoice('"status":"PAID","total":241,"lines":[{"sku":"LAMP","quantity":2}],"paidBy":"card"'),
];

/** `streamlane tail`, while an invoice is written, changed, paid and deleted. */
export const tail: Scene = {
  title:
    'streamlane tail prints four changes of an invoice: an insert, two updates with what is different, a delete',
  command: 'streamlane tail Invoices',
  columns: 84,
  async play() {
    await using emulators = await startEmulators({ env: {} });
    const client = new DynamoDBClient(emulators.dynamodb);
    const TableName = 'Invoices';
    await createTable(client, TableName, parseKeys('customerId,invoiceId'));
    const terminal = inTerminal(['tail', TableName], { env: emulators.environment, columns: this.columns });
    await terminal.seen(/Ctrl-C stops/);
    for (const json of WRITES) {
      // A person types these, and not within one second.
      await wait(1100);
      const Item = attributeMap(parseJson(json) as object);
      await client.send(new PutItemCommand({ TableName, Item }));
    }
    await terminal.seen(/paidBy/);
    await wait(1100);
    const Key = { customerId: { S: 'C-7' }, invoiceId: { S: 'INV-1042' } };
    await client.send(new DeleteItemCommand({ TableName, Key }));
    await terminal.seen(/REMOVE[\s\S]*- total +241/);
    terminal.type('\x03');
    return (await terminal.ended()).output;
  },
};
