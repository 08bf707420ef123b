import { describe, expect, test } from 'vitest';
import { codeOf, STREAMLANE } from '../cli/dev/code.ts';
import { recordOf } from '../fixtures/events.ts';
import { BROWSER } from './browser.ts';
import { consolePage } from './console-page.ts';

const routerOf = (routes: string): string => `import { changed, streamRouter } from ${STREAMLANE};
export const handler = streamRouter<{ id: string; status: string }>()
  .onInsert(({ newImage }) => { if (newImage.status === 'BAD') throw new Error('no'); })
  ${routes};
`;
const CODE = {
  'handler.ts': routerOf(`.onModify(changed('status', { to: 'PAID' }), () => {})
  .onModify(({ newImage }) => newImage.status === 'OPEN', () => {})`),
};

const { page, openDev, openMapping, put, remove, button, row, shows } = consolePage();

describe.skipIf(BROWSER === undefined)('the topology', () => {
  test('counts rise as records are handled; a shard and a route lead to their changes; changed code shows its routes', async () => {
    const code = codeOf(CODE);
    await openDev(code, '--maximum-retry-attempts', '0');
    await page().keyboard.press('6');
    await button(/^Route 1: INSERT, every record, 0 handled$/).waitFor();
    await page().getByText('10 lanes, ordered by item', { exact: true }).waitFor();
    await put({ id: 'a', status: 'OPEN' });
    await put({ id: 'b', status: 'OPEN' });
    await put({ id: 'a', status: 'PAID' });
    await remove('b');
    await button(/^Route 1: INSERT, every record, 2 handled$/).waitFor();
    await button(/^Route 2: MODIFY, status changed to "PAID", 1 handled$/).waitFor();
    await button(/^Route 3: MODIFY, your own code, up to 1 handled$/).waitFor();
    await button(/^No route takes them: 1 record$/).waitFor();
    await put({ id: 'c', status: 'BAD' });
    await button(/^Route 1: INSERT, every record, 2 handled, 1 failed$/).waitFor();
    await button(/^Shard .*, 5 read, .*1 discarded, 1 failed invocation, 0 of 1 slot busy$/).click();
    await shows('5 shown');
    await page().keyboard.press('6');
    await button(/^Route 2:/).click();
    await shows('1 shown');
    await row('"OPEN" → "PAID"').waitFor();
    await page().keyboard.press('6');
    await button(/^No route/).click();
    await row('REMOVE').waitFor();
    await shows('1 shown');
    await page().keyboard.press('6');
    code.write('handler.ts', routerOf('.onRemove(() => {})'));
    await button(/^Route 2: REMOVE, every record, 0 handled$/).waitFor();
    expect(await button(/^Route/).count()).toBe(2);
  });

  test('20 shards and 30 routes are in a drawing without text that is cut off, and the arrows go through them', async () => {
    await openMapping((mapping, live) => {
      live.tell({
        event: 'routes',
        routesId: 'one',
        kind: 'router',
        exported: [],
        entities: [],
        routes: Array.from({ length: 30 }, (_, index) => ({
          eventName: 'MODIFY',
          condition: `status changed to "${'STATUS'.repeat(index)}"`,
        })),
      });
      for (let shard = 0; shard < 20; shard++) {
        const shardId = `shardId-00000001767225600000-${shard}abcdef`;
        mapping.emit('shardStarted', { shardId });
        mapping.emit('read', { shardId, records: [recordOf({}, shard)] });
      }
    });
    await page().keyboard.press('6');
    const [shards, routes] = ['Shards', 'Routes'].map((name) => page().getByRole('list', { name }));
    expect(await shards?.getByRole('button').count()).toBe(20);
    expect(await routes?.getByRole('button').count()).toBe(30);
    const outside =
      await page().evaluate(`[...document.querySelectorAll('.drawing g.part')].filter((part) => {
      const box = part.querySelector('rect').getBBox();
      return [...part.querySelectorAll('text')].some((text) => {
        const { x, width } = text.getBBox();
        return x < box.x || x + width > box.x + box.width;
      });
    }).map((part) => part.textContent)`);
    expect(outside).toEqual([]);
    const focused = () => page().evaluate<string>('document.activeElement.getAttribute("aria-label")');
    await shards?.getByRole('button').first().focus();
    await page().keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^Shard …00-1abcdef/);
    await page().keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/^Route 1:/);
    await page().keyboard.press('ArrowDown');
    await page().keyboard.press('ArrowUp');
    await page().keyboard.press('ArrowLeft');
    await page().keyboard.press('Enter');
    await shows('1 shown');
  });

  test('of a handler that is not a router, the topology says what it does not show', async () => {
    await openDev(
      codeOf({ 'handler.ts': 'export const handler = async () => ({ batchItemFailures: [] });' }),
    );
    await page().keyboard.press('6');
    await shows('The handler is not a router, or something wraps it.');
    await put({ id: 'a' });
    await button(/^Shard .*, 1 read/).waitFor();
    expect(await page().getByRole('list', { name: 'Routes' }).getByRole('button').count()).toBe(0);
  });
});
