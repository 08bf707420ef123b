import { describe, expect, test } from 'vitest';
import { codeOf } from '../cli/dev/code.ts';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const { openDev, put, remove, row } = consolePage();

const CODE = { 'handler.ts': 'export const handler = async () => ({ batchItemFailures: [] });' };

describe.skipIf(BROWSER === undefined)('the history of an item', () => {
  test('shows each change of the item, by mouse and by keys, and no change of another item', async () => {
    const page = await openDev(codeOf(CODE));
    await put({ id: 'a', status: 'OPEN' });
    await put({ id: 'b', status: 'OPEN' });
    await put({ id: 'a', status: 'PAID' });
    await remove('a');
    await row('REMOVE').click();
    const history = page.getByRole('region', { name: 'History of this item' });
    const entries = history.getByRole('option');
    await history.getByText('Change 3 of 3').waitFor();
    expect(await entries.locator('.summary').allTextContents()).toEqual([
      'status: "OPEN"',
      'status: "OPEN" → "PAID"',
      'status: "PAID"',
    ]);
    await entries.nth(1).click();
    await history.getByText('Change 2 of 3').waitFor();
    const changed = page.getByRole('row', { name: 'status' }).getByRole('cell');
    expect(await changed.allTextContents()).toEqual(['"OPEN"', '"PAID"']);
    await page.keyboard.press('ArrowUp');
    await history.getByText('Change 1 of 3').waitFor();
    await page.keyboard.press('h');
    await page.keyboard.press('h');
    await history.getByText('Change 3 of 3').waitFor();
    await page.keyboard.press('H');
    await history.getByText('Change 2 of 3').waitFor();
    expect(await row('PAID').nth(0).getAttribute('aria-selected')).toBe('true');
  });

  test('a new change joins the history that is shown', async () => {
    const page = await openDev(codeOf(CODE));
    await put({ id: 'a', status: 'OPEN' });
    await row('OPEN').click();
    await put({ id: 'a', status: 'PAID' });
    await page.getByText('Change 1 of 2').waitFor();
  });

  test('items with a hidden key are not mixed', async () => {
    const page = await openDev(codeOf(CODE), '--mask', 'id');
    await put({ id: 'a', status: 'OPEN' });
    await put({ id: 'b', status: 'PAID' });
    await row('PAID').click();
    await page.getByText('The key is hidden.').waitFor();
    expect(await page.content()).not.toContain('Change 1 of');
  });
});
