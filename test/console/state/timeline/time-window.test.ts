import { expect, test } from 'vitest';
import {
  moved,
  movedTo,
  spanOf,
  ticksOf,
  windowAround,
  windowUpTo,
  zoomed,
} from '../../../../src/console/state/timeline/time-window.ts';

const HOUR = 3_600_000;

test('a window that follows ends shortly after the moment', () => {
  expect(windowUpTo(1000, 100)).toEqual({ fromMs: 904, toMs: 1004 });
});

test('a window around a span shows all of it, and is not shorter than a person can use', () => {
  const { fromMs, toMs } = windowAround(1000, 2000);
  expect(fromMs).toBeLessThan(1000);
  expect(toMs).toBeGreaterThan(2000);
  expect(windowAround(1000, 1000)).toEqual({ fromMs: 990, toMs: 1010 });
});

test.each([
  ['in the middle', 50, { fromMs: 25, toMs: 75 }],
  ['at the end', 100, { fromMs: 50, toMs: 100 }],
  ['at the start', 0, { fromMs: 0, toMs: 50 }],
])('zooming keeps the moment %s in its place', (_, at, expected) => {
  expect(zoomed({ fromMs: 0, toMs: 100 }, 0.5, at)).toEqual(expected);
});

test('zooming has limits', () => {
  expect(spanOf(zoomed({ fromMs: 0, toMs: 30 }, 0.1, 0))).toBe(20);
  expect(spanOf(zoomed({ fromMs: 0, toMs: 40 * HOUR }, 8, 0))).toBe(48 * HOUR);
});

test('a window moves by a share of its length, and as little as needed to show a moment', () => {
  const window = { fromMs: 100, toMs: 200 };
  expect(moved(window, -0.5)).toEqual({ fromMs: 50, toMs: 150 });
  expect(movedTo(window, 150)).toBe(window);
  expect(movedTo(window, 50)).toEqual({ fromMs: 40, toMs: 140 });
  expect(movedTo(window, 250)).toEqual({ fromMs: 160, toMs: 260 });
});

test.each([
  [100, [0, 20, 40, 60, 80, 100], true],
  [10_000, [0, 2000, 4000, 6000, 8000, 10_000], false],
  [48 * HOUR, [0, 12 * HOUR, 24 * HOUR, 36 * HOUR, 48 * HOUR], false],
  [480 * HOUR, Array.from({ length: 21 }, (_, day) => day * 24 * HOUR), false],
])('ticks of %i ms have round times', (toMs, times, needsMs) => {
  const ticks = ticksOf({ fromMs: 0, toMs }, 1000, 150);
  expect(ticks.map(({ timeMs }) => timeMs)).toEqual(times);
  expect(ticks.every((tick) => tick.needsMs === needsMs)).toBe(true);
});
