import { readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { type Code, codeOf } from '../cli/dev/code.ts';
import { program, spawned } from '../cli/spawned.ts';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const ROOT = resolve(import.meta.dirname, '../..');

// As a user runs it: the built command, in the directory of the project.
const { openDev, put, row, table } = consolePage((code, flags, env) =>
  spawned(['dev', 'src/handler.ts', ...flags], { env, cwd: code.directory }),
);

/** A project in which streamlane and Vitest are installed. */
function projectOf(check: string): Code {
  const code = codeOf({
    'src/handler.ts': `import { streamRouter } from 'streamlane';
import { check } from './check.ts';

export const handler = streamRouter<{ id: string; total: number }>()
  .onInsert(({ newImage }) => check(newImage.total));
`,
    'src/check.ts': check,
    'node_modules/.keep': '',
  });
  for (const name of ['vitest', '@aws-sdk'])
    symlinkSync(join(ROOT, 'node_modules', name), code.path(`node_modules/${name}`));
  symlinkSync(ROOT, code.path('node_modules/streamlane'));
  return code;
}

const WRONG = `export function check(total: number): void {
  if (total < 0) throw new RangeError('negative total');
}
`;
const RIGHT = 'export function check(_total: number): void {}\n';

/** The file that a click saves. */
async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

async function vitest(code: Code): Promise<{ readonly code: number | null; readonly text: string }> {
  const main = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const end = await program(process.execPath, [main, 'run', '--root', '.', '--reporter=verbose'], {
    cwd: code.directory,
  }).ended();
  return { code: end.code, text: end.stdout + end.stderr };
}

describe.skipIf(BROWSER === undefined)('what the page saves', () => {
  test('a failure is saved as a test that fails, and passes when the code is right', async () => {
    const code = projectOf(WRONG);
    const page = await openDev(code, '--maximum-retry-attempts', '0');
    const note = 'a`b${1}\u0000\u202e\u2028</script>"\\';
    await put({ id: 'debt', total: -1, note, constructor: 'z' });
    await page.getByRole('button', { name: /^Failures\s*1$/ }).click();
    const { name, text } = await saved(page, () =>
      page.getByRole('button', { name: 'Save as test' }).first().click(),
    );
    expect(name).toBe('rangeerror-negative-total.test.ts');
    code.write(name, text);
    const red = await vitest(code);
    expect(red.text).toContain('RangeError: negative total');
    expect(red.text).toContain('1 failed');
    expect(red.code).toBe(1);
    code.write('src/check.ts', RIGHT);
    const green = await vitest(code);
    expect(green.text).toContain('1 passed');
    expect(green.code).toBe(0);
  });

  test('selected changes are saved as a test, with hidden values hidden', async () => {
    const code = projectOf(RIGHT);
    const page = await openDev(code, '--mask', 'email');
    for (const id of ['item-1', 'item-2', 'item-3', 'item-4'])
      await put({ id, total: 1, email: `${id}@private.example` });
    await row('item-4').filter({ hasText: 'succeeded' }).waitFor();
    await row(/total: 1/)
      .nth(0)
      .click();
    await row(/total: 1/)
      .nth(2)
      .click({ modifiers: ['Shift'] });
    const selected = page.getByRole('group', { name: 'Selected changes' });
    await selected.getByText('3 changes selected').waitFor();
    await page.getByRole('listbox', { name: 'Feed of changes' }).focus();
    await page.keyboard.press('Shift+ArrowUp');
    await selected.getByText('2 changes selected').waitFor();
    const { name, text } = await saved(page, () =>
      selected.getByRole('button', { name: 'Save as test' }).click(),
    );
    expect(name).toBe('changes.test.ts');
    expect(text).toContain('// --mask has replaced values by •••.');
    expect(text).not.toContain('private.example');
    code.write(name, text);
    const result = await vitest(code);
    expect(result.text).toContain('succeeds with 2 records');
    expect(result.code).toBe(0);
  });

  test('everything that happened is saved as one file of JSON', async () => {
    const code = projectOf(WRONG);
    const page = await openDev(code, '--mask', 'email', '--maximum-retry-attempts', '0');
    await put({ id: 'a', total: -1, email: 'a@private.example' });
    await row('discarded').waitFor();
    const { name, text } = await saved(page, () => page.getByRole('link', { name: 'Export' }).click());
    expect(name).toMatch(/^streamlane-\w+\.json$/);
    expect(text).not.toContain('private.example');
    const { events, ...head } = JSON.parse(text);
    expect(head).toMatchObject({ format: 'streamlane-console', version: 1, dropped: 0, keyNames: ['id'] });
    const started = events.find(({ event }: { readonly event: string }) => event === 'started');
    expect(started).toMatchObject({
      table: table(),
      importedAs: { module: './src/handler.ts', name: 'handler' },
    });
    const [failed] = events.filter(({ event }: { event: string }) => event === 'invocation');
    expect(failed).toMatchObject({ failures: [{ message: 'RangeError: negative total' }] });
  });
});
