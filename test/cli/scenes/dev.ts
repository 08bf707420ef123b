import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { parseKeys } from '../../../src/cli/flags/table-keys.ts';
import { createTable } from '../../../src/cli/servers/create-table.ts';
import { startEmulators } from '../../../src/emulators/start-emulators.ts';
import { ROOT } from '../../docs/markdown.ts';
import { inTerminal } from '../terminal.ts';
import type { Scene } from './scene.ts';

/** A router that takes no invoice below a total. */
const handler = (least: number): string => `import { streamRouter } from 'streamlane';

interface Invoice { customerId: string; invoiceId: string; total: number }

export const handler = streamRouter<Invoice>().onInsert(({ newImage }) => {
  if (newImage.total < ${least}) throw new RangeError('negative total');
});
`;

/** `streamlane dev`: an invoice, one that fails and is tried again, and the fix. */
export const dev: Scene = {
  title:
    'streamlane dev prints a line for each invocation: a success, a failure with its retries and the place in the ' +
    'code, the reload after the fix, and success',
  command: 'streamlane dev src/handler.ts --table Invoices',
  columns: 96,
  async play() {
    await using emulators = await startEmulators({ env: {} });
    const client = new DynamoDBClient(emulators.dynamodb);
    const TableName = 'Invoices';
    await createTable(client, TableName, parseKeys('customerId,invoiceId'));
    const project = mkdtempSync(join(tmpdir(), 'streamlane-scene-'));
    const write = (least: number): void => writeFileSync(join(project, 'src/handler.ts'), handler(least));
    const put = (invoiceId: string, total: number) => {
      const Item = { customerId: { S: 'C-7' }, invoiceId: { S: invoiceId }, total: { N: `${total}` } };
      return client.send(new PutItemCommand({ TableName, Item }));
    };
    try {
      mkdirSync(join(project, 'src'));
      mkdirSync(join(project, 'node_modules'));
      symlinkSync(ROOT, join(project, 'node_modules/streamlane'));
      writeFileSync(join(project, 'package.json'), '{"type":"module"}');
      write(0);
      const terminal = inTerminal(['dev', 'src/handler.ts', '--table', TableName, '--no-console'], {
        env: emulators.environment,
        cwd: project,
        columns: this.columns,
      });
      await terminal.seen(/Invoices · 0 records/);
      await put('INV-1042', 120.5);
      await terminal.seen(/→ checkpoint 1/);
      await put('INV-1043', -18);
      // Far enough from the retry before and the one after, however busy the machine.
      await terminal.seen(/retry in 2 s/);
      write(-20);
      await terminal.seen(/→ checkpoint 2/);
      await put('INV-1044', 99);
      await terminal.seen(/→ checkpoint 3/);
      terminal.type('\x03');
      return (await terminal.ended()).output;
    } finally {
      rmSync(project, { recursive: true });
    }
  },
};
