import { describe, expect, test } from 'vitest';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const { openReader, put, row } = consolePage();

describe.skipIf(BROWSER === undefined)('the page of streamlane console', () => {
  test('says in its head that there is no handler, and has no views and counts of one', async () => {
    const page = await openReader();
    await page.getByText('no handler: this page only reads the stream').waitFor();
    const views = page.getByRole('navigation', { name: 'Views' }).getByRole('button');
    expect(await views.allInnerTexts()).toEqual(['Changes']);
    expect(await page.locator('header dt').allInnerTexts()).toEqual(['read']);
  });

  test('shows changes with their differences, and no status of them', async () => {
    const page = await openReader();
    await put({ pk: 'a', sk: 'b', status: 'OPEN' });
    await put({ pk: 'a', sk: 'b', status: 'PAID' });
    await row('"OPEN" → "PAID"').click();
    const changed = page.getByRole('row', { name: 'status' });
    await changed.waitFor();
    expect(await changed.innerText()).toMatch(/"OPEN"\s+"PAID"/);
    const body = await page.locator('body').innerText();
    expect(body).not.toMatch(/\b(waiting|running|succeeded|invocations?)\b/);
    const buttons = await page.getByRole('button').allInnerTexts();
    expect(buttons.filter((name) => /test|rerun|invoke|retry|skip|step|resume/i.test(name))).toEqual([]);
  });

  test('keys of other views show the changes', async () => {
    const page = await openReader();
    await page.keyboard.press('2');
    await page.keyboard.press('n');
    await page.getByRole('listbox', { name: 'Feed of changes' }).waitFor();
  });
});
