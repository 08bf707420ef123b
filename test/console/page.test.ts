import { EventEmitter } from 'node:events';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startConsole } from '../../src/console/live-console.ts';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { type Code, codeOf, STREAMLANE } from '../cli/dev/code.ts';
import { inProcess } from '../cli/in-process.ts';
import type { RunningCommand } from '../cli/running-command.ts';
import { emulatedServers } from '../fixtures/emulated.ts';
import { recordOf } from '../fixtures/events.ts';
import { BROWSER, startBrowser } from './browser.ts';

let aws: Emulators;
let client: DynamoDBClient;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let command: RunningCommand | undefined;
let table: string;
let foreign: string[];
let errors: string[];
let tables = 0;

beforeAll(async () => {
  if (BROWSER === undefined) return;
  aws = await emulatedServers();
  client = new DynamoDBClient(aws.dynamodb);
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await aws?.stop();
});

beforeEach(async () => {
  if (BROWSER === undefined) return;
  table = `Console${++tables}`;
  context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  foreign = [];
  errors = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('http://127.0.0.1:')) foreign.push(request.url());
  });
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    // What the browser says when the command has ended.
    if (message.type() === 'error' && !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(message.text()))
      errors.push(message.text());
  });
});

afterEach(async () => {
  if (BROWSER === undefined) return;
  command?.interrupt();
  await command?.ended();
  command = undefined;
  await context.close();
  // A violation of the policy against foreign code is an error too.
  expect({ foreign, errors }).toEqual({ foreign: [], errors: [] });
});

/** Starts `dev` with its console, and opens the printed URL. */
async function openConsole(code: Code, ...flags: readonly string[]): Promise<void> {
  const argv = ['dev', code.path('handler.ts'), '--table', table, '--create', 'id', '--console', ...flags];
  command = inProcess(argv, { env: aws.environment });
  await command.seen(/Ctrl-C stops/);
  const [url = ''] = /http:\S+token=\S+/.exec(command.stderr()) ?? [];
  await page.goto(url);
}

async function put(item: Readonly<Record<string, string | number>>): Promise<void> {
  const Item = Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: `${value}` } : { S: value },
    ]),
  );
  await client.send(new PutItemCommand({ TableName: table, Item }));
}

const remove = (id: string) =>
  client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));

const ROUTER = {
  'handler.ts': `import { streamRouter } from ${STREAMLANE};
import { check } from './check.ts';

export const handler = streamRouter<{ id: string; total: number }>()
  .onInsert(({ newImage }) => check(newImage.total))
  .onModify(({ newImage }) => check(newImage.total));
`,
  'check.ts': `/** Refuses debts. */
export function check(total: number): void {
  if (total < 0) {
    throw new RangeError('negative total');
  }
}
`,
};

const feed = () => page.getByRole('listbox', { name: 'Feed of changes' });

const row = (text: string | RegExp) => feed().getByRole('option').filter({ hasText: text });

const rows = () => feed().getByRole('option').count();

/** Waits until a text of the page is as expected. */
const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();

describe.skipIf(BROWSER === undefined)('the page of the live console', () => {
  test('shows changes as they come, and what each has changed', async () => {
    await openConsole(codeOf(ROUTER));
    await shows('Write to the table: its changes appear here.');
    await put({ id: 'a', total: 1, status: 'OPEN' });
    await put({ id: 'a', total: 1, status: 'PAID' });
    await row('"OPEN" → "PAID"').filter({ hasText: 'succeeded' }).click();
    const changed = page.getByRole('row', { name: 'status' });
    expect(await changed.getByRole('cell').allTextContents()).toEqual(['"OPEN"', '"PAID"']);
    expect(await page.getByRole('row', { name: 'total' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Show 2 unchanged' }).click();
    await page.getByRole('row', { name: 'total' }).waitFor();
    await remove('a');
    await row('REMOVE').click();
    expect(await page.getByRole('row', { name: 'status' }).getByRole('cell').allTextContents()).toEqual([
      '"PAID"',
      '',
    ]);
  });

  test('a failure appears, is opened, is fixed in the file, and the retry succeeds', async () => {
    const code = codeOf(ROUTER);
    await openConsole(code);
    await put({ id: 'debt', total: -1 });
    await page.getByRole('button', { name: /^Failures\s*1$/ }).click();
    await page.getByRole('heading', { name: 'RangeError: negative total' }).waitFor();
    const source = page.getByRole('list', { name: /Source around .*check\.ts:4/ });
    expect(await source.locator('[aria-current]').textContent()).toContain(
      "throw new RangeError('negative total')",
    );
    expect(await source.getByRole('listitem').count()).toBeGreaterThan(5);
    await page.getByRole('row', { name: 'total' }).getByText('-1').waitFor();
    await page.getByRole('button', { name: 'Copy as JSON' }).first().click();
    const copied = JSON.parse(await page.evaluate('navigator.clipboard.readText()'));
    expect(copied).toMatchObject({
      message: 'RangeError: negative total',
      record: { eventName: 'INSERT', dynamodb: { Keys: { id: { S: 'debt' } } } },
    });
    code.write('check.ts', 'export function check(): void {}');
    await page.getByRole('button', { name: 'Changes' }).click();
    await row('debt')
      .filter({ hasText: /succeeded/ })
      .waitFor();
  });

  test('code that cannot be loaded is said, until it can', async () => {
    const code = codeOf(ROUTER);
    await openConsole(code);
    code.write('check.ts', 'export function check(: void {}');
    await page
      .getByRole('alert')
      .getByText(/Not reloaded/)
      .waitFor();
    code.write('check.ts', ROUTER['check.ts']);
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('filters by text, key, event, status and event pattern', async () => {
    await openConsole(codeOf(ROUTER), '--maximum-retry-attempts', '0');
    await put({ id: 'a', total: 1, city: 'Bern' });
    await put({ id: 'b', total: 1, city: 'Basel' });
    await remove('a');
    await put({ id: 'c', total: -1 });
    await row('c').filter({ hasText: 'discarded' }).waitFor();
    const filter = page.getByRole('searchbox', { name: 'Filter changes' });
    const finds = async (text: string, count: number) => {
      await filter.fill(text);
      await shows(`${count} shown`);
      expect(await rows()).toBe(count);
    };
    await finds('bern', 2);
    await finds('key:b', 1);
    await finds('event:remove', 1);
    await finds('status:discarded', 1);
    await finds('{"dynamodb":{"NewImage":{"city":{"S":[{"prefix":"B"}]}}}}', 2);
    await filter.fill('{"eventName":');
    await shows(/not JSON/);
    expect(await filter.getAttribute('aria-invalid')).toBe('true');
    await shows('No change matches the filter.');
    await finds('', 4);
  });

  test('a paused feed stands still, and the records are still handled', async () => {
    await openConsole(codeOf(ROUTER));
    await put({ id: 'a', total: 1 });
    await row('a').waitFor();
    await page.getByRole('button', { name: 'Pause feed' }).click();
    await put({ id: 'b', total: 1 });
    const paused = page.getByRole('button', { name: 'Paused: 1 new' });
    await paused.waitFor();
    expect(await rows()).toBe(1);
    await paused.click();
    await row('b').filter({ hasText: 'succeeded' }).waitFor();
  });

  test('the keyboard searches, pauses, and goes through changes and failures', async () => {
    await openConsole(codeOf(ROUTER), '--maximum-retry-attempts', '0', '--batch-size', '1');
    await put({ id: 'a', total: 1 });
    await put({ id: 'b', total: -1 });
    await row('b').filter({ hasText: 'discarded' }).waitFor();
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Paused: 0 new' }).waitFor();
    await page.keyboard.press('p');
    await feed().focus();
    await page.keyboard.press('Home');
    await page.locator('[role=option][aria-selected=true]').getByText('a', { exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('[role=option][aria-selected=true]').getByText('b', { exact: true }).waitFor();
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: 'RangeError: negative total' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('key:a');
    await shows('1 shown');
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await page.getByRole('heading', { name: 'RangeError: negative total' }).waitFor();
  });

  test('values are text: markup does not run, and invisible characters are visible', async () => {
    await openConsole(codeOf(ROUTER), '--mask', 'password');
    const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await put({ id: attack, total: 1, note: 'a\u202eb\u001b[31m', password: 'private' });
    await row('<img src=x').click();
    await page.getByRole('row', { name: 'note' }).getByText('"a\\u202eb\\u001b[31m"').waitFor();
    await page.getByRole('row', { name: 'password' }).getByText('•••').waitFor();
    expect(await page.title()).toBe('streamlane');
    expect(await page.content()).not.toContain('private');
    expect(await page.locator('img').count()).toBe(0);
  });

  test('the largest item is cut, and does not block the page', async () => {
    await openConsole(codeOf(ROUTER));
    await put({ id: 'large', total: 1, text: 'x'.repeat(390_000) });
    await row('large').click();
    await page.getByRole('row', { name: 'text' }).getByText('… (390,002 characters)').waitFor();
  });

  test('the page says that the command has ended', async () => {
    await openConsole(codeOf(ROUTER));
    await page.getByRole('status').getByText('Enabled').waitFor();
    command?.interrupt();
    await command?.ended();
    command = undefined;
    await page.getByRole('status').getByText('Not connected').waitFor();
  });

  test.each([
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(20, 23, 28)'],
  ] as const)('the page is %s if the system is', async (colorScheme, color) => {
    await page.emulateMedia({ colorScheme });
    await openConsole(codeOf(ROUTER));
    await shows('streamlane');
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(color);
  });
});

describe.skipIf(BROWSER === undefined)('50,000 changes', () => {
  test('only visible rows are drawn, the oldest changes are dropped and that is said', async () => {
    const mapping = new EventEmitter();
    await using live = await startConsole({
      port: 0,
      mask: undefined,
      keyNames: ['id'],
      failuresOf: () => [],
    });
    live.follow(mapping as never);
    const records = Array.from({ length: 60_000 }, (_, index) =>
      recordOf({ newImage: { total: { N: `${index}` } } }, index),
    );
    for (let index = 0; index < records.length; index += 1000)
      mapping.emit('read', { shardId: 's', records: records.slice(index, index + 1000) });
    await page.goto(live.url);
    await row('item-59999').waitFor();
    expect(await rows()).toBeLessThan(100);
    await shows(/^49,\d+ shown\. The oldest are dropped: 1\d,\d+ changes$/);
    await page.getByRole('searchbox').fill('item-5000');
    await shows('10 shown');
    await page.getByRole('searchbox').fill('');
    await feed().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    await row('item-59999').waitFor();
  });
});
