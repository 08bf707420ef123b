import { describe, expect, test } from 'vitest';
import { codeOf, STREAMLANE } from '../cli/dev/code.ts';
import { recordOf } from '../fixtures/events.ts';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const { page: pageOf, openDev, openMapping, put, remove, end, row, shows } = consolePage();

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

const feed = () => pageOf().getByRole('listbox', { name: 'Feed of changes' });

const rows = () => feed().getByRole('option').count();

describe.skipIf(BROWSER === undefined)('the page of the live console', () => {
  test('shows changes as they come, and what each has changed', async () => {
    const page = await openDev(codeOf(ROUTER));
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
    const page = await openDev(code);
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
    const page = await openDev(code);
    code.write('check.ts', 'export function check(: void {}');
    await page
      .getByRole('alert')
      .getByText(/Not reloaded/)
      .waitFor();
    code.write('check.ts', ROUTER['check.ts']);
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('filters by text, key, event, status and event pattern', async () => {
    const page = await openDev(codeOf(ROUTER), '--maximum-retry-attempts', '0');
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

  test('the tooltip of the field names each word of the filter', async () => {
    const page = await openDev(codeOf(ROUTER));
    const filter = page.getByRole('searchbox', { name: 'Filter changes' });
    const words = await filter.getAttribute('title');
    for (const word of ['text', 'key:', 'event:', 'status:', 'entity:', 'route:', '{"eventName":'])
      expect(words).toContain(word);
  });

  test('with all counts, the head is one row of a window of 1280 pixels, and shows all of its buttons', async () => {
    const page = await openMapping((mapping) => {
      const records = Array.from({ length: 12_345 }, (_, index) => recordOf({}, index));
      mapping.emit('read', { shardId: 's', records });
      mapping.emit('filtered', { shardId: 's', records: records.slice(0, 1234) });
      mapping.emit('checkpoint', { shardId: 's', records: records.slice(1234, 3456), outcome: 'discarded' });
      mapping.emit('checkpoint', { shardId: 's', records: records.slice(3456), outcome: 'succeeded' });
      for (let attempt = 1; attempt < 1100; attempt++)
        mapping.emit('invocation', { shardId: 's', records: [], requestId: 'r', attempt, outcome: 'failed' });
    });
    const head = page.locator('header');
    await head.getByText('12,345').waitFor();
    expect(await head.locator('dt').allTextContents()).toHaveLength(6);
    const boxes = await Promise.all(
      (await head.locator('h1, button, dl, p').all()).map((part) => part.boundingBox()),
    );
    const rows = boxes.filter((box) => box !== null && box.height > 0) as NonNullable<
      (typeof boxes)[number]
    >[];
    expect(rows.length).toBeGreaterThan(8);
    const middles = rows.map(({ y, height }) => y + height / 2);
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(8);
    expect(Math.max(...rows.map(({ x, width }) => x + width))).toBeLessThanOrEqual(1280);
  });

  test('a paused feed stands still, and the records are still handled', async () => {
    const page = await openDev(codeOf(ROUTER));
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
    const page = await openDev(codeOf(ROUTER), '--maximum-retry-attempts', '0', '--batch-size', '1');
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
    const page = await openDev(codeOf(ROUTER), '--mask', 'password');
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
    const page = await openDev(codeOf(ROUTER));
    await put({ id: 'large', total: 1, text: 'x'.repeat(390_000) });
    await row('large').click();
    await page.getByRole('row', { name: 'text' }).getByText('… (390,002 characters)').waitFor();
  });

  test('the page says that the command has ended', async () => {
    const page = await openDev(codeOf(ROUTER));
    await page.getByRole('status').getByText('Enabled').waitFor();
    await end();
    await page.getByRole('status').getByText('Not connected').waitFor();
  });

  test.each([
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(20, 23, 28)'],
  ] as const)('the page is %s if the system is', async (colorScheme, color) => {
    await pageOf().emulateMedia({ colorScheme });
    const page = await openDev(codeOf(ROUTER));
    await shows('streamlane');
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(color);
  });
});

describe.skipIf(BROWSER === undefined)('50,000 changes', () => {
  test('only visible rows are drawn, the oldest changes are dropped and that is said', async () => {
    const records = Array.from({ length: 60_000 }, (_, index) =>
      recordOf({ newImage: { total: { N: `${index}` } } }, index),
    );
    const page = await openMapping((mapping) => {
      for (let index = 0; index < records.length; index += 1000)
        mapping.emit('read', { shardId: 's', records: records.slice(index, index + 1000) });
    });
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
