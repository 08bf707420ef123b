// Takes the pictures of the live console: runs `streamlane dev` behind a table with traffic, lets records fail, corrects the
// handler, and photographs each view, light and dark. It needs Chromium.
//
//   npm run screenshots
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Page } from 'playwright-core';
import { parseKeys } from '../../src/cli/flags/table-keys.ts';
import { createTable } from '../../src/cli/servers/create-table.ts';
import { startEmulators } from '../../src/emulators/start-emulators.ts';
import { spawned } from '../../test/cli/spawned.ts';
import { BROWSER, startBrowser } from '../../test/console/browser.ts';
import { ROOT } from '../../test/docs/markdown.ts';

const TABLE = 'Invoices';

/** A router that takes no invoice below a total. */
const handler = (least: number): string => `import { setTimeout } from 'node:timers/promises';
import { changed, expired, streamRouter } from 'streamlane';

interface Invoice { customerId: string; invoiceId: string; status: 'OPEN' | 'PAID'; total: number }

export const handler = streamRouter<Invoice>()
  .onInsert(async ({ newImage }) => {
    await setTimeout(40 + Math.abs(newImage.total % 7) * 30); // a call of another service
    if (newImage.total < ${least}) {
      throw new RangeError('An invoice cannot have a negative total');
    }
  })
  .onModify(changed('status', { to: 'PAID' }), async ({ newImage }) => {
    await setTimeout(60 + (newImage.total % 5) * 40);
  })
  .onModify(changed('total'), async () => {})
  .onRemove(expired, async () => {});
`;

if (BROWSER === undefined)
  throw new Error('No browser was found. Install Chromium, or name it: CHROMIUM=/path');
await using emulators = await startEmulators({ env: {} });
await using browser = await startBrowser();
const client = new DynamoDBClient(emulators.dynamodb);
await createTable(client, TABLE, parseKeys('customerId,invoiceId'));
const project = mkdtempSync(join(tmpdir(), 'streamlane-screenshots-'));
const write = (least: number): void => writeFileSync(join(project, 'src/handler.ts'), handler(least));
let isOpen = true;

try {
  mkdirSync(join(project, 'src'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules/streamlane'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  write(0);
  const dev = spawned(
    [
      ...['dev', 'src/handler.ts', '--table', TABLE, '--console', '--parallelization-factor', '3'],
      ...[
        '--batch-size',
        '10',
        '--maximum-batching-window-in-seconds',
        '2',
        '--bisect-batch-on-function-error',
      ],
    ],
    { env: emulators.environment, cwd: project },
  );
  await dev.seen(/Ctrl-C stops/);
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(/http:\S+token=\S+/.exec(dev.stderr())?.[0] ?? '');
  const traffic = makeTraffic();

  await setTimeout(8000);
  await save('C-104', 'INV-2088', 'OPEN', -18);
  await page.keyboard.press('2');
  await page.getByRole('heading', { name: /negative total/ }).waitFor();
  await setTimeout(3000);
  await photograph(page, 'failures');

  await page.keyboard.press('1');
  await page
    .getByRole('option')
    .filter({ hasText: '→ "PAID"' })
    .filter({ hasText: 'succeeded' })
    .last()
    .click();
  await photograph(page, 'changes');

  await page.keyboard.press('3');
  await page
    .getByRole('button', { name: /^Invocation: failed/ })
    .last()
    .click();
  await page.getByRole('button', { name: 'Follow' }).click();
  await page.getByText(/^retry in/).waitFor();
  await photograph(page, 'timeline');

  write(-20);
  await dev.seen(/reloaded/i);
  await page.keyboard.press('4');
  await setTimeout(25_000);
  await photograph(page, 'charts');

  await page.keyboard.press('6');
  await photograph(page, 'topology');
  isOpen = false;
  await traffic;
  dev.interrupt();
  await dev.ended();
} finally {
  rmSync(project, { recursive: true });
}

/** Creates invoices and pays them, as a shop does. */
async function makeTraffic(): Promise<void> {
  for (let number = 2041; isOpen; number++) {
    const [customerId, invoiceId] = [`C-${100 + ((number * 7) % 12)}`, `INV-${number}`];
    const total = ((number * 37) % 400) + 0.5;
    await save(customerId, invoiceId, 'OPEN', total);
    await setTimeout(40);
    if (number % 3 === 0) await save(customerId, invoiceId, 'PAID', total);
    await setTimeout(20 + ((number * 53) % 120));
    if (number % 7 === 0) await save(customerId, invoiceId, 'OPEN', total + 10);
    if (number % 11 === 0) await remove(customerId, invoiceId);
  }
}

function save(customerId: string, invoiceId: string, status: string, total: number): Promise<unknown> {
  return client.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: { customerId: { S: customerId }, invoiceId: { S: invoiceId } },
      UpdateExpression: 'SET #status = :status, #total = :total',
      ExpressionAttributeNames: { '#status': 'status', '#total': 'total' },
      ExpressionAttributeValues: { ':status': { S: status }, ':total': { N: `${total}` } },
    }),
  );
}

function remove(customerId: string, invoiceId: string): Promise<unknown> {
  const Key = { customerId: { S: customerId }, invoiceId: { S: invoiceId } };
  return client.send(new DeleteItemCommand({ TableName: TABLE, Key }));
}

async function photograph(page: Page, view: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await setTimeout(300);
    const name = `console-${view}-${colorScheme}.webp`;
    // A fifth of the size of the PNG that page.screenshot() makes.
    const browser = await page.context().newCDPSession(page);
    const { data } = await browser.send('Page.captureScreenshot', { format: 'webp', quality: 90 });
    writeFileSync(new URL(name, import.meta.url), Buffer.from(data, 'base64'));
    console.log(`docs/images/${name}`);
  }
}
