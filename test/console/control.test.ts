import { chmodSync, readFileSync, realpathSync } from 'node:fs';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { codeOf, STREAMLANE } from '../cli/dev/code.ts';
import { eventually } from '../fixtures/eventually.ts';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const ROUTER = {
  'handler.ts': `import { streamRouter } from ${STREAMLANE};
import { check } from './check.ts';

export const handler = streamRouter<{ id: string; total: number }>().onInsert(({ newImage }) => check(newImage.total));
`,
  'check.ts': `/** Refuses debts. */
export function check(total: number): void {
  if (total < 0) throw new RangeError('negative total');
}
`,
};

// A retry takes longer with each attempt, so a test never waits for the fifth.
const ONE_BY_ONE = ['--batch-size', '1'];

const { page, openDev, put, row, button, seen, shows } = consolePage();

const status = (text: string) => page().getByRole('status').getByText(text).waitFor();
const succeeded = (key: string) => row(key).filter({ hasText: 'succeeded' }).waitFor();
const statusOf = (key: string) => row(key).locator('.status').textContent();

describe.skipIf(BROWSER === undefined)('the mapping is paused in the page', () => {
  test('changes appear and wait, until it is resumed', async () => {
    await openDev(codeOf(ROUTER));
    await button('Pause mapping').click();
    await status('Paused');
    await put({ id: 'a', total: 1 });
    await row('a').waitFor();
    expect(await statusOf('a')).toBe('waiting');
    await seen(/‖ paused by the live console: invocations wait/);
    await button('Resume mapping').click();
    await succeeded('a');
    await status('Enabled');
  });

  test('each step is one invocation', async () => {
    await openDev(codeOf(ROUTER), ...ONE_BY_ONE);
    await button('Pause mapping').click();
    await status('Paused');
    for (const id of ['1st', '2nd', '3rd']) await put({ id, total: 1 });
    await row('3rd').waitFor();
    await button('Step').click();
    await succeeded('1st');
    expect([await statusOf('2nd'), await statusOf('3rd')]).toEqual(['waiting', 'waiting']);
    await button('Step').click();
    await succeeded('2nd');
    expect(await statusOf('3rd')).toBe('waiting');
    await button('Resume mapping').click();
    await succeeded('3rd');
  });

  test('the keyboard pauses, steps and resumes', async () => {
    await openDev(codeOf(ROUTER));
    await status('Enabled');
    await page().keyboard.press('P');
    await status('Paused');
    await put({ id: 'a', total: 1 });
    await row('a').waitFor();
    await page().keyboard.press('s');
    await succeeded('a');
    await status('Paused');
    await page().keyboard.press('P');
    await status('Enabled');
  });

  test('saving code does not resume it, and the step runs the new code', async () => {
    const code = codeOf(ROUTER);
    await openDev(code);
    await put({ id: 'debt', total: -1 });
    await button(/^Failures\s*1$/).waitFor();
    await button('Pause mapping').click();
    await status('Paused');
    code.write('check.ts', 'export function check(): void {}');
    await seen(/↻ reloaded/);
    await status('Paused');
    expect(await statusOf('debt')).not.toContain('succeeded');
    await button('Step').click();
    await succeeded('debt');
    await status('Paused');
  });

  test('a page that is opened later shows the pause', async () => {
    await openDev(codeOf(ROUTER));
    await button('Pause mapping').click();
    await status('Paused');
    await page().reload();
    await status('Paused');
    await button('Resume mapping').waitFor();
  });
});

describe.skipIf(BROWSER === undefined)('a blocked shard', () => {
  const blocked = () => page().getByRole('article');
  const fact = async (name: string) => blocked().locator(`dt:text-is("${name}") + dd`).textContent();

  /** Opens the view with a record that fails. */
  async function block(): Promise<void> {
    await put({ id: 'debt', total: -1 });
    await button(/^Blocked\s*1$/).click();
    await blocked().getByText('RangeError: negative total').waitFor();
  }

  test('says which record fails, how often it is tried, and when it expires', async () => {
    await openDev(codeOf(ROUTER), '--maximum-retry-attempts', '7');
    await button('Blocked').click();
    await shows('No shard is blocked.');
    await block();
    expect(await fact('Batch')).toMatch(/1 record, failing: INSERT debt/);
    expect(await fact('Attempts left')).toMatch(/^[1-7] of 8$/);
    expect(await fact('Next attempt')).toMatch(/^(in \d+ s|now)$/);
    expect(await fact('Expires')).toMatch(/^in (24 h 0|23 h 59) min: then the record is discarded$/);
  });

  test('without a limit of retries, that is said; the maximum age of records counts', async () => {
    await openDev(codeOf(ROUTER), '--maximum-record-age-in-seconds', '3600');
    await block();
    expect(await fact('Attempts left')).toMatch(/^no limit/);
    expect(await fact('Expires')).toMatch(/^in (1 h 0 min|59 min)/);
  });

  test('is retried now, long before it is due', async () => {
    await openDev(codeOf(ROUTER));
    await block();
    // So that only the clicks bring attempts, whose delays get twice as long each time.
    await button('Pause mapping').click();
    await status('Paused');
    const first = Number.parseInt(`${await fact('Attempt')}`, 10);
    for (let attempt = first; attempt < first + 5; attempt++) {
      await blocked().getByText(`${attempt} is next`).waitFor();
      await button('Retry now').click();
    }
    await blocked()
      .getByText(`${first + 5} is next`)
      .waitFor();
  });

  test('is skipped: after a confirmation, the queue gets the document and the next record is handled', async () => {
    await openDev(
      codeOf(ROUTER),
      ...ONE_BY_ONE,
      ...['--create-queue', 'failed', '--destination-config', 'failed'],
    );
    await block();
    await put({ id: 'next', total: 1 });
    await button('Skip to dead letters…').click();
    const dialog = page().getByRole('dialog', { name: 'Skip to dead letters' });
    await dialog.getByText(/this record, and sends the details to arn:aws:sqs:.*:failed\./).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await blocked().waitFor();
    await button('Skip to dead letters…').click();
    await dialog.getByRole('button', { name: 'Skip to dead letters' }).click();
    await shows('No shard is blocked.');
    await button('Changes').click();
    await row('debt').filter({ hasText: 'discarded' }).waitFor();
    await succeeded('next');
    await seen(/‖ skipped by the live console/);
    const [, QueueUrl] = await seen(/FAILED_QUEUE_URL=(\S+)/);
    const { Messages } = await new SQSClient().send(new ReceiveMessageCommand({ QueueUrl }));
    expect(JSON.parse(`${Messages?.[0]?.Body}`)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
  });

  test('is dropped, where no destination gets the document, and that is said before', async () => {
    await openDev(codeOf(ROUTER));
    await block();
    await button('Drop without a dead letter…').click();
    const dialog = page().getByRole('dialog');
    await dialog.getByText(/drops this record: there is no on-failure destination/).waitFor();
    await dialog.getByRole('button', { name: 'Drop without a dead letter' }).click();
    await shows('No shard is blocked.');
  });

  test('a command that comes too late is refused, and the page says why', async () => {
    await openDev(codeOf(ROUTER));
    await block();
    // So that no attempt comes between.
    await button('Pause mapping').click();
    await status('Paused');
    const answer = await page().evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ requestId: 'gone' });
      return (await fetch('/actions/retryNow', { method: 'POST', headers, body })).status;
    });
    expect(answer).toBe(409);
    await page().route('**/actions/retryNow', (route) =>
      route.continue({ postData: JSON.stringify({ requestId: 'gone' }) }),
    );
    await button('Retry now').click();
    await shows(/The batch does not wait/);
    await button('Close').click();
    await page()
      .getByText(/The batch does not wait/)
      .waitFor({ state: 'detached' });
  });
});

describe.skipIf(BROWSER === undefined)('a table with entities', () => {
  const ENTITIES = {
    'handler.ts': `import { defineTable, itemOf, prefix, streamRouter } from ${STREAMLANE};
      const app = defineTable({
        name: 'App',
        keys: ['id'],
        entities: {
          Invoice: { item: itemOf<{ id: string }>(), match: { id: prefix('INVOICE#') } },
          Customer: { item: itemOf<{ id: string }>(), match: { id: prefix('CUSTOMER#') } },
        },
      });
      export const handler = streamRouter(app).onInsert(() => {});
    `,
  };

  test('each change has the name of its entity, and the filter finds it', async () => {
    await openDev(codeOf(ENTITIES));
    await put({ id: 'INVOICE#1' });
    await put({ id: 'CUSTOMER#1' });
    await put({ id: 'ELSE' });
    await succeeded('ELSE');
    await row('CUSTOMER#1').getByText('Customer', { exact: true }).waitFor();
    expect(await row('ELSE').locator('.entity').count()).toBe(0);
    await page().getByRole('searchbox', { name: 'Filter changes' }).fill('entity:invoice');
    await shows('1 shown');
    await row('INVOICE#1').click();
    await page().getByRole('complementary').getByText('Invoice', { exact: true }).waitFor();
  });
});

describe.skipIf(BROWSER === undefined || process.platform === 'win32')('an editor', () => {
  test('opens at the line that threw, from the failure and from the blocked shard', async () => {
    const code = codeOf({ ...ROUTER, code: '#!/bin/sh\necho "$@" >> "$0.args"\n' });
    chmodSync(code.path('code'), 0o755);
    await openDev(code, '--env', `VISUAL=${code.path('code')}`);
    await put({ id: 'debt', total: -1 });
    await button(/^Failures\s*1$/).click();
    await button('Open in editor').click();
    await button('Blocked').click();
    await button('Open in editor').click();
    const opened = `--goto ${realpathSync(code.path('check.ts'))}:3\n`;
    await eventually(() => expect(readFileSync(code.path('code.args'), 'utf8')).toBe(opened + opened));
  });
});
