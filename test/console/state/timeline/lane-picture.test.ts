import { describe, expect, test } from 'vitest';
import {
  drawLane,
  type LanePicture,
  MIN_WIDTH,
} from '../../../../src/console/state/timeline/lane-picture.ts';
import { ended, type Fields, split, started, timelineOf } from './events.ts';

const START = 10_000;
// One pixel for each millisecond.
const FRAME = { window: { fromMs: START, toMs: START + 1000 }, width: 1000, nowMs: START + 900 };

/** Draws a lane. The events have milliseconds since the start of the window. */
function drawn(...events: readonly Fields[]): LanePicture {
  const [lane] = timelineOf(...events.map((event) => ({ ...event, at: START + event.at }))).lanes;
  return drawLane(lane as never, FRAME);
}

const idsOf = ({ blocks }: LanePicture) => blocks.map(({ invocations }) => invocations.map(({ id }) => id));

test('a rectangle begins and ends with its invocation, and one that runs ends now', () => {
  const { blocks, rows } = drawn(
    started(100, 'a', [[1, 2]]),
    ended(300, 'a', 'succeeded'),
    started(400, 'b', [[3, 4]]),
  );
  expect(blocks).toMatchObject([
    { x: 100, width: 200, depth: 0, outcome: 'succeeded', failedRecords: [] },
    { x: 400, width: 500, outcome: 'running' },
  ]);
  expect(rows).toBe(1);
});

test('only invocations of the window are drawn', () => {
  const run = (at: number) => [started(at, `${at}`, [[1, 1]]), ended(at + 20, `${at}`, 'succeeded')];
  const picture = drawn(...[-900, -500, -10, 500, 1500, 1600].flatMap(run));
  expect(idsOf(picture)).toEqual([[3], [4]]);
  expect(drawn(...run(2000))).toEqual({ offset: 0, blocks: [], links: [], wait: undefined, rows: 1 });
});

test('invocations that are too short share a rectangle with the worst outcome', () => {
  const outcomes = ['succeeded', 'succeeded', 'partial', 'failed', 'succeeded', 'succeeded'];
  const picture = drawn(
    ...outcomes.flatMap((outcome, at) => [started(at, `${at}`, [[1, 1]]), ended(at + 1, `${at}`, outcome)]),
    started(6, 'long', [[1, 1]]),
    ended(200, 'long', 'succeeded'),
  );
  expect(idsOf(picture)).toEqual([[1], [2, 3, 4, 5], [6], [7]]);
  expect(picture.blocks.map(({ outcome }) => outcome)).toEqual([
    'succeeded',
    'failed',
    'succeeded',
    'succeeded',
  ]);
  expect(picture.blocks[0]).toMatchObject({ x: 0, width: MIN_WIDTH });
  expect(picture.blocks.at(-1)).toMatchObject({ x: 3 * MIN_WIDTH, width: 200 - 3 * MIN_WIDTH });
});

test('a failed record is marked at its place in the batch', () => {
  const failure = (number: number, deadLettered: boolean) => ({ eventID: `e${number}`, deadLettered });
  const { blocks } = drawn(
    started(100, 'a', [
      [1, 2],
      [11, 12],
    ]),
    ended(500, 'a', 'partial', { failures: [failure(2, false), failure(12, true)] }),
  );
  expect(blocks[0]?.failedRecords).toEqual([
    { x: 250, isDeadLettered: false },
    { x: 450, isDeadLettered: true },
  ]);
});

describe('links', () => {
  test('a half is below its batch, and a line comes from the batch', () => {
    const { blocks, links, rows } = drawn(
      started(100, 'a', [[1, 4]]),
      ended(200, 'a', 'failed'),
      split(200, 'a', [1, 2], [3, 4]),
      started(300, 'left', [[1, 2]]),
      ended(400, 'left', 'succeeded'),
      started(500, 'right', [[3, 4]]),
      ended(600, 'right', 'succeeded'),
    );
    expect(blocks.map(({ depth }) => depth)).toEqual([0, 1, 1]);
    expect(rows).toBe(2);
    expect(links).toEqual([
      { kind: 'split', id: 2, fromX: 200, fromDepth: 0, toX: 300, toDepth: 1 },
      { kind: 'split', id: 3, fromX: 200, fromDepth: 0, toX: 500, toDepth: 1 },
    ]);
  });

  test('from an invocation before the window, a line comes from the left edge', () => {
    const { links } = drawn(
      started(-300, 'a', [[1, 4]]),
      ended(-200, 'a', 'failed'),
      split(-200, 'a', [1, 2], [3, 4]),
      started(100, 'left', [[1, 2]]),
      ended(200, 'left', 'failed'),
      started(300, 'left', [[1, 2]], { attempt: 2 }),
    );
    expect(links).toEqual([
      { kind: 'split', id: 2, fromX: 0, fromDepth: 0, toX: 100, toDepth: 1 },
      { kind: 'retry', id: 3, fromX: 200, fromDepth: 1, toX: 300, toDepth: 1 },
    ]);
    const retried = drawn(
      started(-300, 'a', [[1, 4]]),
      ended(-200, 'a', 'failed'),
      started(100, 'a', [[1, 4]], { attempt: 2 }),
    );
    expect(retried.links).toMatchObject([{ kind: 'retry', fromX: 0, fromDepth: 0 }]);
  });
});

describe('the wait for a retry', () => {
  const retry = (at: number, delayMs: number) => ({
    event: 'retry' as const,
    at,
    requestId: 'a',
    delayMs,
    records: [],
  });

  test('goes from the failed invocation to the next one', () => {
    const { wait } = drawn(started(100, 'a', [[1, 1]]), ended(200, 'a', 'failed'), retry(200, 500));
    expect(wait).toEqual({ fromX: 200, toX: 700, depth: 0, retryMs: START + 700 });
  });

  test('goes from the left edge if the failed invocation is before the window', () => {
    const { wait } = drawn(started(-200, 'a', [[1, 1]]), ended(-100, 'a', 'failed'), retry(-100, 500));
    expect(wait).toEqual({ fromX: 0, toX: 400, depth: 0, retryMs: START + 400 });
  });

  test('is not drawn for an invocation that runs', () => {
    expect(drawn(started(100, 'a', [[1, 1]])).wait).toBeUndefined();
  });
});

test('while the window moves on, rectangles keep their places, and only the offset changes', () => {
  const run = (at: number) => [started(at, `${at}`, [[1, 1]]), ended(at + 3, `${at}`, 'succeeded')];
  const events = Array.from({ length: 200 }, (_, index) => run(START + 4 * index)).flat();
  const [lane] = timelineOf(...events).lanes;
  const at = (fromMs: number) =>
    drawLane(lane as never, { ...FRAME, window: { fromMs, toMs: fromMs + 1000 } });
  const [before, after] = [at(START + 10), at(START + 317)];
  expect([before.offset, after.offset]).toEqual([10, 317]);
  expect(after.blocks.length).toBeGreaterThan(50);
  expect(before.blocks.slice(-after.blocks.length)).toEqual(after.blocks);
  expect(after.blocks[0]?.x).toBeLessThan(318);
});
