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

  // 2 The lanes, from left to right: a record starts where its bar does, and ends where its bar does.
  const bars = barsOf(picture);
  const startedAt = (x: number): string[] => bars.filter((bar) => bar.from <= x).map(({ number }) => number);
  const answer = router(batch);
  expect(started).toEqual(startedAt(Math.min(...bars.map(({ from }) => from))));
  expect(started).toHaveLength(5);
  for (const { number, to, fails } of bars.toSorted((one, other) => one.to - other.to)) {
    if (fails) settle.get(number)?.reject(new Error('failed'));
    await finish(Number(number));
    // The next bar of a lane begins a little to the right of the one before.
    expect(started.toSorted(), `after ${number}`).toEqual(startedAt(to + 10).toSorted());
  }
  expect(started.toSorted()).toEqual(bars.map(({ number }) => number).toSorted());
  const notStarted = [...picture.matchAll(/class="none" x="640"[^>]*>\s*<text[^>]*>(\d+)</g)].map(
    ([, number]) => number,
  );
  expect(notStarted).toEqual(['6', '9']);
  // 3 The response.
  expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: '5' }] });
  expect(started).toHaveLength(8);
  expect(notStarted.filter((number = '') => started.includes(number))).toEqual([]);

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

/** A record that runs, in the picture. */
interface Bar {
  readonly number: string;
  readonly from: number;
  readonly to: number;
  readonly fails: boolean;
}

function barsOf(picture: string): readonly Bar[] {
  const bars = picture.matchAll(
    /class="(ok|fail)" x="(\d+)" y="\d+" width="(\d+)" height="28"[^>]*>\s*<text[^>]*>(\d+)/g,
  );
  return [...bars].map(([, kind, x, width, number = '']) => ({
    number,
    from: Number(x),
    to: Number(x) + Number(width),
    fails: kind === 'fail',
  }));
}
