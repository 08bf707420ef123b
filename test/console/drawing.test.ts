import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type LiveConsole, startConsole } from '../../src/console/live-console.ts';
import { recordOf } from '../fixtures/events.ts';
import { BROWSER } from './browser.ts';
import { pageInBrowser } from './page-in-browser.ts';

const page = pageInBrowser();

const row = (text: string) => page().getByRole('option').filter({ hasText: text });

/** A console in which so many changes are read. */
function consoleWith(): { readonly started: Promise<LiveConsole>; readonly read: (count: number) => void } {
  const mapping = new EventEmitter();
  let next = 0;
  const started = startConsole({ port: 0, mask: undefined, keyNames: ['id'], failuresOf: () => [] });
  return {
    started: started.then((live) => {
      live.follow(mapping as never);
      return live;
    }),
    read(count) {
      const records = Array.from({ length: count }, () => recordOf({}, next++));
      mapping.emit('read', { shardId: 's', records });
    },
  };
}

describe.skipIf(BROWSER === undefined)('while changes rush in', () => {
  test('the page is drawn a few times only, and rows that are gone leave their elements to new ones', async () => {
    const { started, read } = consoleWith();
    await using live = await started;
    read(1000);
    await page().goto(live.url);
    await row('item-999').waitFor();
    await page().evaluate(`{
      globalThis.rows = [...document.querySelectorAll('[role=option]')];
      globalThis.drawnAt = [];
      const observer = new MutationObserver(() => drawnAt.push(performance.now()));
      observer.observe(document.querySelector('dl'), { subtree: true, characterData: true, childList: true });
    }`);
    for (let count = 0; count < 20; count++) read(1000);
    await row('item-20999').waitFor();
    const drawnAt = await page().evaluate<number[]>('drawnAt');
    const tookMs = (drawnAt.at(-1) as number) - (drawnAt[0] as number);
    expect(drawnAt.length).toBeLessThanOrEqual(2 + tookMs / 100);
    expect(await page().evaluate('rows.length > 20 && rows.every((row) => row.isConnected)')).toBe(true);
  });

  test('a list that follows is at its end, and one that a person scrolls up stays there', async () => {
    const { started, read } = consoleWith();
    await using live = await started;
    read(1000);
    await page().goto(live.url);
    await row('item-999').waitFor();
    await page().evaluate('document.querySelector("[role=listbox]").scrollTop = 0');
    await page().getByRole('button', { name: 'Follow', pressed: false }).waitFor();
    await row('item-7').waitFor();
    read(1000);
    await page().getByText('2,000 shown').waitFor();
    expect(await row('item-7').count()).toBe(1);
    await page().getByRole('button', { name: 'Follow' }).click();
    await row('item-1999').waitFor();
  });

  test('a list that scrolls while another view is drawn does no harm', async () => {
    const { started, read } = consoleWith();
    await using live = await started;
    live.tell({ event: 'started', table: 'T', handler: 'h.ts' } as never);
    read(1000);
    await page().goto(live.url);
    await row('item-999').waitFor();
    await page().evaluate('globalThis.list = document.querySelector("[role=listbox]")');
    await page().keyboard.press('2');
    await page().getByRole('listbox', { name: 'Changes' }).waitFor({ state: 'detached' });
    // The page's faults fail the test.
    await page().evaluate('list.dispatchEvent(new Event("scroll"))');
    await page().keyboard.press('1');
    await page().getByRole('button', { name: 'Follow', pressed: true }).waitFor();
  });

  test('a screen reader says nothing of the feed but a wrong filter', async () => {
    const { started, read } = consoleWith();
    await using live = await started;
    read(10);
    await page().goto(live.url);
    await row('item-9').waitFor();
    await page().evaluate(`{
      globalThis.said = [];
      const observer = new MutationObserver(() => said.push(feed.map((live) => live.textContent).join('')));
      const feed = [...document.querySelectorAll('main :is([role=status], [role=alert], [aria-live])')];
      for (const live of feed) observer.observe(live, { subtree: true, characterData: true, childList: true });
    }`);
    for (let count = 0; count < 5; count++) read(1000);
    await page().getByText('5,010 shown').waitFor();
    expect(await page().evaluate('said')).toEqual([]);
    await page().getByLabel('Filter changes').fill('{"eventName":');
    await page().getByRole('status').filter({ hasText: /./ }).last().waitFor();
    await page().waitForFunction('said.length > 0');
    expect(await page().evaluate<string>('said.at(-1)')).toMatch(/JSON|pattern|expected/i);
  });

  test('the placeholder of the filter is seen whole', async () => {
    const { started, read } = consoleWith();
    await using live = await started;
    live.tell({
      event: 'started',
      table: 'T',
      handler: 'h.ts',
      startingPosition: 'LATEST',
      streamArn: 'arn',
    });
    read(1);
    await page().goto(live.url);
    await page().getByRole('button', { name: 'New record' }).waitFor();
    await row('item-0').waitFor();
    const [needed, room] = await page().evaluate<[number, number]>(`(() => {
      const field = document.querySelector('[type=search]');
      const style = getComputedStyle(field);
      const pen = document.createElement('canvas').getContext('2d');
      pen.font = style.font;
      const padding = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
      return [pen.measureText(field.placeholder).width, field.clientWidth - padding];
    })()`);
    expect(needed).toBeLessThan(room);
  });
});
