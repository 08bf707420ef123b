import { expect, test } from 'vitest';
import { DrawingPace } from '../../../src/console/state/drawing-pace.ts';

/** Draws as soon as allowed, for one second in which so many changes come each millisecond. Each drawing takes so long. */
function drawingsInOneSecond(changesEachMs: number, tookMs = 0): number {
  const pace = new DrawingPace();
  let drawings = 0;
  for (let nowMs = 0; nowMs < 1000; nowMs++) {
    pace.add(changesEachMs);
    if (pace.waitMs(nowMs) > 0) continue;
    pace.drawn(nowMs);
    pace.took(tookMs);
    drawings++;
  }
  return drawings;
}

test('a change is drawn at once when it is calm', () => {
  const pace = new DrawingPace();
  pace.add(1);
  expect(pace.waitMs(0)).toBe(0);
  pace.drawn(0);
  pace.add(1);
  expect(pace.waitMs(500)).toBe(0);
});

test('a whole batch is drawn at once when it is calm', () => {
  const pace = new DrawingPace();
  pace.drawn(0);
  pace.add(10_000);
  expect(pace.waitMs(500)).toBe(0);
});

test('the page is drawn at most ten times a second, and four times while changes rush in', () => {
  expect(drawingsInOneSecond(0.1)).toBe(10);
  expect(drawingsInOneSecond(20)).toBe(4);
});

test.each([
  [25, 4],
  [50, 2],
  [90, 2],
  [2000, 1],
])('drawings of %i ms: %i a second while changes rush in', (tookMs, drawings) => {
  expect(drawingsInOneSecond(20, tookMs)).toBe(drawings);
});

test('slow drawings do not delay a change when it is calm', () => {
  const pace = new DrawingPace();
  pace.drawn(0);
  pace.took(2000);
  pace.add(1);
  expect(pace.waitMs(60)).toBe(40);
});

test('the last changes of a rush are drawn soon after it', () => {
  const pace = new DrawingPace();
  pace.drawn(0);
  pace.add(1000);
  expect(pace.waitMs(60)).toBe(190);
  pace.drawn(250);
  pace.add(1);
  expect(pace.waitMs(260)).toBe(90);
});
