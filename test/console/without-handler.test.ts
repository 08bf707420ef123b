import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulators } from '../../src/emulators/start-emulators.ts';
import { inProcess } from '../cli/in-process.ts';
import type { RunningCommand } from '../cli/running-command.ts';
import { type EmulatedTable, emulatedServers, emulatedTable } from '../fixtures/emulated.ts';
import { BROWSER, startBrowser } from './browser.ts';

let aws: Emulators;
let browser: Browser;
let table: EmulatedTable;
let command: RunningCommand;
let page: Page;

describe.skipIf(BROWSER === undefined)('the page of streamlane console', () => {
  beforeAll(async () => {
    aws = await emulatedServers();
    browser = await startBrowser();
    table = await emulatedTable(aws);
    command = inProcess(['console', '--table', table.name], { env: aws.environment });
    const [url = ''] = (await command.seen(/http:\S+token=\S+/)) ?? [];
    page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.setDefaultTimeout(15_000);
    await page.goto(url);
  });

  afterAll(async () => {
    await browser?.close();
    command?.interrupt();
    await command?.ended();
    await aws?.stop();
  });

  test('says in its head that there is no handler, and has no views and counts of one', async () => {
    await page.getByText('no handler: this page only reads the stream').waitFor();
    const views = page.getByRole('navigation', { name: 'Views' }).getByRole('button');
    expect(await views.allInnerTexts()).toEqual(['Changes']);
    expect(await page.locator('header dt').allInnerTexts()).toEqual(['read']);
  });

  test('shows changes with their differences, and no status of them', async () => {
    const key = { pk: { S: 'a' }, sk: { S: 'b' } };
    await table.put({ ...key, status: { S: 'OPEN' } });
    await table.put({ ...key, status: { S: 'PAID' } });
    const change = page.getByRole('option').filter({ hasText: '"OPEN" → "PAID"' });
    await change.click();
    const changed = page.getByRole('row', { name: 'status' });
    await changed.waitFor();
    expect(await changed.innerText()).toMatch(/"OPEN"\s+"PAID"/);
    const body = await page.locator('body').innerText();
    expect(body).not.toMatch(/\b(waiting|running|succeeded|invocations?)\b/);
    const buttons = await page.getByRole('button').allInnerTexts();
    expect(buttons.filter((name) => /test|rerun|invoke|retry|skip|step|resume/i.test(name))).toEqual([]);
  });

  test('keys of other views show the changes', async () => {
    await page.keyboard.press('2');
    await page.keyboard.press('n');
    await page.getByRole('listbox', { name: 'Feed of changes' }).waitFor();
  });
});
