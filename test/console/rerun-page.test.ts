import { describe, expect, test } from 'vitest';
import { codeOf, STREAMLANE } from '../cli/dev/code.ts';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const { openDev, put, row, seen } = consolePage();

const ROUTER = {
  'handler.ts': `import { streamRouter } from ${STREAMLANE};
import { check } from './check.ts';

export const handler = streamRouter<{ id: string; total: number; email?: string }>()
  .onInsert(({ newImage, keys }) => check(newImage, keys))
  .onModify(({ newImage, keys }) => check(newImage, keys));
`,
  'check.ts': `export function check(item: { total: number }, keys: unknown): void {
  if (item.total < 0) throw new RangeError('negative total');
}
`,
};
const RIGHT = 'export function check(): void {}';
const ONCE = ['--maximum-retry-attempts', '0'] as const;

describe.skipIf(BROWSER === undefined)('reruns', () => {
  test('a failure appears, is opened, is fixed in the file, is rerun, and succeeds', async () => {
    const code = codeOf(ROUTER);
    const page = await openDev(code, ...ONCE);
    await put({ id: 'debt', total: -1 });
    await page.getByRole('button', { name: /^Failures\s*1$/ }).click();
    await page.getByRole('heading', { name: 'RangeError: negative total' }).waitFor();
    const rerun = page.getByRole('button', { name: 'Rerun', exact: true }).last();
    await rerun.click();
    const facts = page.getByRole('region', { name: 'Rerun' });
    await facts.getByText(/: failed in \d+ ms/).waitFor();
    await page.keyboard.press('2');
    await page.getByText('2 times').first().waitFor();
    code.write('check.ts', RIGHT);
    await seen(/reloaded/);
    await page.getByRole('button', { name: 'Changes' }).click();
    await row('discarded').click();
    await page.getByRole('button', { name: 'Rerun', exact: true }).click();
    await facts.getByText(/: succeeded in \d+ ms/).waitFor();
    await facts.getByText('{"batchItemFailures":[]}').waitFor();
    await row('rerun').filter({ hasText: 'succeeded' }).waitFor();
    await facts.getByRole('button', { name: 'debt' }).click();
    await row('discarded').and(page.locator('[aria-selected=true]')).waitFor();
  });

  test('a record is replayed with an edited image: with the new value, and without the mask', async () => {
    const code = codeOf({
      ...ROUTER,
      'check.ts': `export function check(item: unknown, keys: unknown): void {
  throw new Error(JSON.stringify([item, keys]));
}
`,
    });
    const page = await openDev(code, ...ONCE, '--mask', 'email');
    await put({ id: 'a', total: -1, email: 'hidden' });
    await row('discarded').click();
    await page.getByRole('button', { name: 'Edit and rerun' }).click();
    const editor = page.getByRole('dialog', { name: 'Edit and rerun a' });
    const image = editor.getByRole('textbox', { name: 'Item after' });
    const item = JSON.parse(await image.inputValue());
    expect(item).toEqual({ id: 'a', total: -1, email: '•••' });
    await image.fill('{"id":');
    await editor.getByRole('button', { name: 'Invoke' }).click();
    await editor.getByRole('alert').getByText('The new image is not an object of JSON.').waitFor();
    await image.fill(JSON.stringify({ ...item, total: 12345678901234567890n.toString(), id: 'b' }));
    await editor.getByLabel('Format').selectOption('DynamoDB JSON');
    expect(JSON.parse(await image.inputValue())).toMatchObject({ id: { S: 'b' } });
    await editor.getByRole('button', { name: 'Invoke' }).click();
    await editor.waitFor({ state: 'detached' });
    const facts = page.getByRole('region', { name: 'Rerun' });
    await facts.getByText('Rerun with an edited image').waitFor();
    await facts.getByText(/: failed in/).waitFor();
    const message = await page.locator('aside p.message').first().textContent();
    const [got, keys] = JSON.parse(`${message}`.replace(/^Error: /, ''));
    expect(got).toEqual({ id: 'b', total: '12345678901234567890', email: 'hidden' });
    expect(keys).toEqual({ id: 'b' });
  });

  test('several records are rerun in one event', async () => {
    const code = codeOf({
      'handler.ts':
        'export const handler = async ({ Records }) => ({ got: Records.map((r) => r.dynamodb.Keys.id.S) });',
    });
    const page = await openDev(code);
    for (const id of ['r1', 'r2', 'r3']) await put({ id, total: 1 });
    await row('r3').filter({ hasText: 'succeeded' }).waitFor();
    await row('r2').click();
    await row('r3').click({ modifiers: ['Shift'] });
    const selected = page.getByRole('group', { name: 'Selected changes' });
    await selected.getByRole('button', { name: 'Rerun' }).click();
    await page.getByText('{"got":["r2","r3"]}').waitFor();
    expect(await row('rerun').count()).toBe(2);
  });

  test('the handler is invoked with a new record, which begins as a copy of another', async () => {
    const code = codeOf(ROUTER);
    const page = await openDev(code, ...ONCE);
    await page.getByRole('button', { name: 'New record' }).click();
    const editor = page.getByRole('dialog', { name: 'Invoke with a new record' });
    expect(JSON.parse(await editor.getByRole('textbox').inputValue())).toEqual({ id: 'new1' });
    await editor.getByRole('button', { name: 'Cancel' }).click();
    await put({ id: 'a', total: 1 });
    await row('succeeded').waitFor();
    await page.getByRole('button', { name: 'New record' }).click();
    await editor.getByLabel('Event').selectOption('MODIFY');
    const [before, after] = ['Item before', 'Item after'].map((name) =>
      editor.getByRole('textbox', { name }),
    );
    expect(JSON.parse((await before?.inputValue()) as string)).toEqual({ id: 'a-new2', total: 1 });
    await after?.fill('{"id":"a-new2","total":-5}');
    await editor.getByRole('button', { name: 'Invoke' }).click();
    await page.getByText('New record, which is not in the stream').waitFor();
    await page.getByText('RangeError: negative total').first().waitFor();
    await row('total: 1 → -5').filter({ hasText: 'failed' }).waitFor();
  });

  test('a value with markup stays text in the editor, and Escape closes it', async () => {
    const code = codeOf({ 'handler.ts': 'export const handler = async () => null;' });
    const page = await openDev(code);
    const attack = '</textarea><script>document.title="x"</script>';
    await put({ id: attack, total: 1, text: 'x'.repeat(380_000) });
    await row('textarea').click();
    await page.getByRole('button', { name: 'Edit and rerun' }).click();
    const editor = page.getByRole('dialog');
    expect(JSON.parse(await editor.getByRole('textbox').inputValue()).id).toBe(attack);
    expect(await page.title()).toBe('streamlane');
    await page.keyboard.press('Escape');
    await editor.waitFor({ state: 'detached' });
  });
});
