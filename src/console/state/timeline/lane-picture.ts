import type { Invocation, Origin, Outcome } from './invocation.ts';
import type { Lane } from './lane.ts';
import { spanOf, type TimeWindow } from './time-window.ts';

/** A rectangle of a lane: an invocation, or several that are too short to be told apart. In pixels. */
export interface Block {
  readonly invocations: readonly Invocation[];
  readonly x: number;
  readonly width: number;
  /** The row: halves of a batch are below the batch. */
  readonly depth: number;
  /** The worst outcome. */
  readonly outcome: Outcome;
  readonly failedRecords: readonly FailedPlace[];
}

/** The place of a failed record in the rectangle: as far from the left as the record is in its batch. */
export interface FailedPlace {
  readonly x: number;
  readonly isDeadLettered: boolean;
}

/** A line from an invocation to one that follows from it. */
export interface Link {
  readonly kind: Origin['kind'];
  /** Of the later invocation. */
  readonly id: number;
  readonly fromX: number;
  readonly fromDepth: number;
  readonly toX: number;
  readonly toDepth: number;
}

/** A batch that waits for its next invocation. */
export interface Wait {
  readonly fromX: number;
  readonly toX: number;
  readonly depth: number;
  readonly retryMs: number;
}

/**
 * The visible part of a lane. Places do not change while the window moves on: only `offset` does. So few elements of the page change.
 */
export interface LanePicture {
  /** The place of the window's left edge. */
  readonly offset: number;
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  readonly wait: Wait | undefined;
  /** How many rows it has. */
  readonly rows: number;
}

export interface LaneFrame {
  readonly window: TimeWindow;
  /** Pixels. */
  readonly width: number;
  /** Epoch milliseconds: invocations that run end here. */
  readonly nowMs: number;
}

/** The least width of a rectangle that a person can click. */
export const MIN_WIDTH = 5;
const MAX_MARKS = 50;
const BY_SEVERITY: readonly Outcome[] = ['failed', 'partial', 'throttled', 'unknown', 'running', 'succeeded'];

interface Draft {
  readonly invocations: Invocation[];
  readonly x: number;
  right: number;
}

/** Draws the part of a lane that is in a window. Its cost depends on that part, not on all invocations. */
export function drawLane({ invocations }: Lane, { window, width, nowMs }: LaneFrame): LanePicture {
  const spanMs = spanOf(window);
  const anchorMs = Math.floor(window.fromMs / spanMs) * spanMs;
  const xOf = (ms: number): number => ((ms - anchorMs) / spanMs) * width;
  const offset = xOf(window.fromMs);
  const endOf = ({ endedMs }: Invocation): number => endedMs ?? nowMs;
  const first = firstIndex(invocations, (invocation) => endOf(invocation) >= anchorMs);
  const end = firstIndex(invocations, ({ startedMs }) => startedMs > window.toMs);
  const drafts: Draft[] = [];
  for (const invocation of invocations.slice(first, end)) {
    const [x, right] = [xOf(invocation.startedMs), xOf(endOf(invocation))];
    const before = drafts.at(-1);
    const free = before === undefined ? x : Math.max(x, before.right);
    // A short one moves a little to the right of the one before. If there is no room, they share a rectangle.
    if (before !== undefined && free - x > MIN_WIDTH && right < free + MIN_WIDTH) {
      before.invocations.push(invocation);
    } else {
      drafts.push({ invocations: [invocation], x: free, right: Math.max(right, free + MIN_WIDTH) });
    }
  }
  // Those before the window were needed too: which ones share a rectangle depends on them.
  const blocks = drafts.filter(({ right }) => right >= offset).map(blockOf);
  return {
    offset,
    blocks,
    links: linksOf(blocks, offset),
    wait: waitOf(invocations[end - 1], blocks.at(-1), offset, xOf),
    rows: Math.max(0, ...blocks.map(({ depth }) => depth)) + 1,
  };
}

function blockOf({ invocations, x, right }: Draft): Block {
  const [first] = invocations as [Invocation, ...Invocation[]];
  const width = right - x;
  const outcomes = new Set(invocations.map(({ outcome }) => outcome));
  return {
    invocations,
    x,
    width,
    depth: first.depth,
    outcome: BY_SEVERITY.find((outcome) => outcomes.has(outcome)) as Outcome,
    failedRecords: invocations.length === 1 ? placesOf(first, x, width) : [],
  };
}

function placesOf(
  { records, recordCount, failedRecords }: Invocation,
  x: number,
  width: number,
): readonly FailedPlace[] {
  return failedRecords.slice(0, MAX_MARKS).map(({ number, isDeadLettered }) => {
    const index = records.reduce(
      (sum, [first, last]) => sum + Math.max(0, Math.min(last + 1, number) - first),
      0,
    );
    return { x: x + ((index + 0.5) / recordCount) * width, isDeadLettered };
  });
}

/** Lines between different rectangles. From one before the window, a line comes from its left edge. */
function linksOf(blocks: readonly Block[], leftX: number): readonly Link[] {
  const byId = new Map(blocks.flatMap((block) => block.invocations.map(({ id }) => [id, block] as const)));
  return blocks.flatMap((block): Link | readonly Link[] => {
    const [{ id, origin }] = block.invocations as [Invocation, ...Invocation[]];
    if (origin === undefined) return [];
    const from = byId.get(origin.id);
    const fromX = from === undefined ? leftX : from.x + from.width;
    const fromDepth = from?.depth ?? block.depth - (origin.kind === 'split' ? 1 : 0);
    return { kind: origin.kind, id, fromX, fromDepth, toX: block.x, toDepth: block.depth };
  });
}

function waitOf(
  last: Invocation | undefined,
  block: Block | undefined,
  leftX: number,
  xOf: (ms: number) => number,
): Wait | undefined {
  if (last?.retryMs === undefined || last.endedMs === undefined) return undefined;
  const fromX = block === undefined ? leftX : block.x + block.width;
  return {
    fromX,
    toX: Math.max(fromX, xOf(last.retryMs)),
    depth: block?.depth ?? last.depth,
    retryMs: last.retryMs,
  };
}

/** The index of the first one that passes a test, if all after it pass too. */
function firstIndex(invocations: readonly Invocation[], passes: (invocation: Invocation) => boolean): number {
  let [low, high] = [0, invocations.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(invocations[middle] as Invocation)) high = middle;
    else low = middle + 1;
  }
  return low;
}
