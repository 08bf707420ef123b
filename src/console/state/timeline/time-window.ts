/** The part of a time axis that is drawn, in epoch milliseconds. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A labelled place on the time axis. */
export interface Tick {
  readonly timeMs: number;
  /** True if ticks are so close that milliseconds tell them apart. */
  readonly needsMs: boolean;
}

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000] as const;
const MIN_SPAN_MS = 20;
const MAX_SPAN_MS = 48 * HOUR;
// Room for the end of the last bar.
const MARGIN = 0.04;
const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 6, 12].map((hours) => hours * HOUR),
];

/** A window of this length that ends shortly after a moment. */
export function windowUpTo(ms: number, spanMs: number): TimeWindow {
  const toMs = ms + spanMs * MARGIN;
  return { fromMs: toMs - spanMs, toMs };
}

/** A window that shows all from one moment to another. */
export function windowAround(fromMs: number, toMs: number): TimeWindow {
  const spanMs = withinLimits((toMs - fromMs) * (1 + 2 * MARGIN));
  const centreMs = (fromMs + toMs) / 2;
  return { fromMs: centreMs - spanMs / 2, toMs: centreMs + spanMs / 2 };
}

/** Makes a window longer, or shorter if the factor is below 1. The moment `atMs` keeps its place. */
export function zoomed(window: TimeWindow, factor: number, atMs: number): TimeWindow {
  const spanMs = spanOf(window);
  const scale = withinLimits(spanMs * factor) / spanMs;
  return {
    fromMs: atMs - (atMs - window.fromMs) * scale,
    toMs: atMs + (window.toMs - atMs) * scale,
  };
}

/** Moves a window. @param share of its length; below 0: to earlier times */
export function moved({ fromMs, toMs }: TimeWindow, share: number): TimeWindow {
  const byMs = (toMs - fromMs) * share;
  return { fromMs: fromMs + byMs, toMs: toMs + byMs };
}

/** Moves a window as little as needed to show a moment, with some room around it. */
export function movedTo(window: TimeWindow, ms: number): TimeWindow {
  const roomMs = spanOf(window) * 0.1;
  if (ms < window.fromMs) return moved(window, (ms - roomMs - window.fromMs) / spanOf(window));
  return ms > window.toMs ? moved(window, (ms + roomMs - window.toMs) / spanOf(window)) : window;
}

export function spanOf({ fromMs, toMs }: TimeWindow): number {
  return toMs - fromMs;
}

/** Places with round times, at least so many pixels apart. */
export function ticksOf(window: TimeWindow, width: number, minPixels: number): readonly Tick[] {
  const least = (spanOf(window) * minPixels) / width;
  const stepMs = STEPS_MS.find((step) => step >= least) ?? 24 * HOUR;
  const ticks: Tick[] = [];
  for (let ms = Math.ceil(window.fromMs / stepMs) * stepMs; ms <= window.toMs; ms += stepMs)
    ticks.push({ timeMs: ms, needsMs: stepMs < SECOND });
  return ticks;
}

function withinLimits(spanMs: number): number {
  return Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, spanMs));
}
