// docs/images/lanes-and-checkpoint.svg, played.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { streamRouter } from '../../src/index.ts';
import { eventOf, memoryLogger, recordOf } from '../fixtures/events.ts';
import { ROOT } from './markdown.ts';

const ITEMS = ['A', 'B', 'A', 'C', 'B', 'A', 'D', 'C', 'B', 'E'];

test('the picture of lanes and checkpoint shows what happens', async () => {
  const batch = eventOf(...ITEMS.map((id, index) => ({ id, sequenceNumber: String(index + 1) })));
  const picture = readFileSync(`${ROOT}/docs/images/lanes-and-checkpoint.svg`, 'utf8');
  const drawn = [...picture.matchAll(/class="item"[^>]*>item (.)</g)].map(([, item]) => item);
  expect(drawn).toEqual(ITEMS);

  const started: string[] = [];
  const settle = new Map<string, PromiseWithResolvers<void>>();
  const router = streamRouter({ logger: memoryLogger() }).onInsert(({ sequenceNumber }) => {
    started.push(sequenceNumber);
    const pending = Promise.withResolvers<void>();
    settle.set(sequenceNumber, pending);
    return pending.promise;
  });
  const finish = async (...numbers: number[]) => {
    for (const number of numbers) {
      settle.get(String(number))?.resolve();
      await new Promise(setImmediate);
    }
  };

  // 2 The lanes: each of the five starts with its first record.
  const answer = router(batch);
  expect(started).toEqual(['1', '2', '4', '7', '10']);
  await finish(2, 10, 4, 1, 7);
  expect(started.slice(5).sort()).toEqual(['3', '5', '8']);
  settle.get('5')?.reject(new Error('failed'));
  await finish(8, 3);
  // 3 The response.
  expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: '5' }] });
  expect(started).toHaveLength(8);

  // 4 Redelivery: 5 runs alone first; then all others run, also those that had succeeded.
  const before = new Set(started);
  started.length = 0;
  const rest = ITEMS.map((id, index) => recordOf({ id, sequenceNumber: String(index + 1) }, index)).slice(4);
  const again = router({ Records: rest });
  expect(started).toEqual(['5']);
  await finish(5);
  expect(started.slice(1)).toEqual(['6', '7', '8', '9', '10']);
  const shown = [...picture.matchAll(/y="476"[^>]*>([^<]+)</g)].map(([, text]) => text);
  expect(shown).toEqual([
    'alone first',
    ...started.slice(1).map((number) => (before.has(number) ? 'again' : 'first time')),
  ]);
  await finish(6, 7, 8, 9, 10);
  expect(await again).toEqual({ batchItemFailures: [] });
});
