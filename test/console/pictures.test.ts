import type { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { codeOf, STREAMLANE } from '../cli/dev/code.ts';
import { recordOf } from '../fixtures/events.ts';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const HANDLER = `import { setTimeout } from 'node:timers/promises';
import { streamRouter } from ${STREAMLANE};

export const handler = streamRouter<{ id: string; total: number }>().onInsert(async ({ newImage }) => {
  await setTimeout(20);
  if (newImage.total < 0) throw new RangeError('negative total');
});
`;

const CODE = { 'handler.ts': HANDLER };

const { page, openDev, openMapping, put } = consolePage();

const bar = (name: RegExp) => page().getByRole('button', { name });
const details = () => page().getByRole('complementary', { name: 'Selected invocation' });

describe.skipIf(BROWSER === undefined)('the timeline of invocations', () => {
  test('a failing batch is halved and retried as a tree; a click shows an invocation and leads to its record', async () => {
    const code = codeOf(CODE);
    await openDev(code, '--bisect-batch-on-function-error', '--maximum-batching-window-in-seconds', '1');
    await page().keyboard.press('3');
    await page().getByText('Write to the table: invocations').waitFor();
    await Promise.all([
      put({ id: 'a', total: 1 }),
      put({ id: 'b', total: 1 }),
      put({ id: 'c', total: 1 }),
      put({ id: 'debt', total: -1 }),
    ]);
    await bar(/^Invocation: failed, .*1 record, 1 failed/)
      .first()
      .waitFor();
    await page()
      .getByText(/^retry in/)
      .waitFor();
    await bar(/^Invocation: failed, .*1 record, 1 failed/)
      .first()
      .click();
    await details().getByText('RangeError: negative total').waitFor();
    await details().getByText('This batch, with its retries and splits').waitFor();
    await details().getByRole('button', { name: 'debt, failed: show the change' }).click();
    await page().getByRole('heading', { name: 'INSERT debt' }).waitFor();
    code.write('handler.ts', HANDLER.replace('< 0', '< -9'));
    await page().keyboard.press('3');
    await page().getByRole('button', { name: 'Follow' }).click();
    await page()
      .getByText(/^retry in/)
      .waitFor({ state: 'detached' });
    await bar(/^Invocation: succeeded/)
      .last()
      .waitFor();
    await page()
      .getByText(/^checkpoint …\d+$/)
      .waitFor();
  });

  test('the keyboard zooms, follows, moves between bars and opens one', async () => {
    await openDev(codeOf(CODE));
    await page().keyboard.press('3');
    const shown = page().getByRole('status').filter({ hasText: 'shown' });
    expect(await shown.textContent()).toBe('10 s shown');
    await put({ id: 'first', total: 1 });
    await bar(/^Invocation: succeeded/)
      .first()
      .waitFor();
    await page().keyboard.press('+');
    await shown.getByText('5 s shown').waitFor();
    await page().keyboard.press('-');
    await page().keyboard.press('-');
    await shown.getByText('20 s shown').waitFor();
    await bar(/^Invocation: succeeded/)
      .first()
      .focus();
    await page().keyboard.press('Enter');
    await details().getByRole('heading', { name: 'succeeded 1 record' }).waitFor();
    const follow = page().getByRole('button', { name: 'Follow' });
    expect(await follow.getAttribute('aria-pressed')).toBe('false');
    await page().keyboard.press('f');
    expect(await follow.getAttribute('aria-pressed')).toBe('true');
  });
});

describe.skipIf(BROWSER === undefined)('the timeline of many invocations', () => {
  /** Opens the timeline of a mapping. */
  async function openTimeline(emit: (mapping: EventEmitter) => void): Promise<void> {
    await openMapping(emit);
    await page().getByRole('button', { name: 'Timeline' }).click();
  }

  function run(mapping: EventEmitter, slot: number, index: number, shardId = 'shard-1'): void {
    const records = [recordOf({}, index)];
    const invocation = { shardId, records, requestId: `${slot}-${index}`, attempt: 1, slot };
    mapping.emit('read', { shardId, records });
    mapping.emit('invocationStarted', invocation);
    const result = { ...invocation, durationMs: 1, response: null };
    mapping.emit('invocation', { ...result, outcome: index % 100 === 0 ? 'failed' : 'succeeded' });
  }

  test('50,000 events are a few hundred bars, and each slot has a list of its own', async () => {
    await openTimeline((mapping) => {
      for (let index = 0; index < 12_500; index++) run(mapping, index % 3, index);
    });
    await bar(/invocations/)
      .first()
      .waitFor();
    await page().getByRole('button', { name: 'Whole run' }).click();
    for (const slot of [0, 1, 2]) {
      const list = page().getByRole('list', { name: `Invocations of slot ${slot}` });
      expect(await list.getByRole('listitem').count()).toBeGreaterThan(0);
      expect(await list.getByRole('listitem').count()).toBeLessThan(300);
    }
    await bar(/invocations, \d+ with failures/)
      .first()
      .click();
    await details().getByRole('button', { name: 'Zoom to them' }).click();
    await details()
      .getByRole('button', { name: /^(succeeded|failed), 1 record/ })
      .first()
      .click();
    await details()
      .getByRole('heading', { name: /1 record$/ })
      .waitFor();
  });

  test('arrows move within a lane and between lanes', async () => {
    await openTimeline((mapping) => {
      run(mapping, 0, 1);
      run(mapping, 1, 2);
      run(mapping, 1, 3, 'shard-2');
    });
    const lists = page().getByRole('region', { name: 'Shard shard-1' });
    await lists.getByText('slot 1', { exact: true }).waitFor();
    const focused = () => page().evaluate('document.activeElement.closest("svg").firstChild.textContent');
    await lists.getByRole('button').first().focus();
    await page().keyboard.press('ArrowDown');
    expect(await focused()).toBe('Invocations of shard shard-1, slot 1');
    await page().keyboard.press('ArrowDown');
    expect(await focused()).toBe('Invocations of shard shard-2, slot 1');
    await page().keyboard.press('ArrowUp');
    await page().keyboard.press('ArrowUp');
    expect(await focused()).toBe('Invocations of shard shard-1, slot 0');
    await page().keyboard.press('ArrowLeft');
    await page().keyboard.press('End');
    expect(await focused()).toBe('Invocations of shard shard-1, slot 0');
  });
});

describe.skipIf(BROWSER === undefined)('the charts', () => {
  test('lag, throughput and errors of a shard appear as they happen', async () => {
    await openDev(codeOf(CODE), '--maximum-retry-attempts', '0');
    await page().keyboard.press('4');
    await page().getByText('the charts begin with the first invocation').waitFor();
    await put({ id: 'good', total: 1 });
    await put({ id: 'bad', total: -1 });
    const row = page().getByRole('row').nth(1);
    await row.getByRole('rowheader').waitFor();
    await expect.poll(() => row.getByRole('cell').first().textContent()).toMatch(/^\d+(\.\d)?$/);
    for (const name of ['Lag, in seconds', 'Records processed per second', 'Failed invocations per second'])
      await page()
        .getByRole('img', { name: new RegExp(`^${name}. Now: shard`) })
        .waitFor();
    expect(await page().locator('canvas').count()).toBe(3);
    await page().getByRole('button', { name: '5 min' }).click();
    // The pointer shows the values of its second.
    await page()
      .locator('.u-over')
      .first()
      .hover({ position: { x: 500, y: 40 } });
    await page()
      .locator('caption')
      .getByText(/^\d\d:\d\d:\d\d$/)
      .waitFor();
  });

  test('the lag of a single invocation is a point: a blocked shard has one in a minute', async () => {
    await openDev(codeOf(CODE), '--maximum-retry-attempts', '0');
    await page().keyboard.press('4');
    await put({ id: 'good', total: 1 });
    await page().getByRole('row').nth(1).getByRole('rowheader').waitFor();
    // Axes and grid are grey.
    const coloured = (): Promise<number> =>
      page().evaluate(`{
        const { width, height } = document.querySelector('canvas');
        const { data } = document.querySelector('canvas').getContext('2d').getImageData(0, 0, width, height);
        const pixels = Array.from({ length: width * height }, (_, pixel) => data.slice(4 * pixel, 4 * pixel + 3));
        pixels.filter((channels) => Math.max(...channels) - Math.min(...channels) > 60).length;
      }`);
    await expect.poll(coloured, { timeout: 10_000 }).toBeGreaterThan(10);
  });
});
