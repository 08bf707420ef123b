import { type Signal, signal } from '@preact/signals';
import {
  moved,
  movedTo,
  spanOf,
  type TimeWindow,
  windowAround,
  windowUpTo,
  zoomed,
} from '../state/timeline/time-window.ts';
import type { Timeline } from '../state/timeline/timeline.ts';
import { view } from './model.ts';

/** The length of the window that follows. */
const followedSpanMs: Signal<number> = signal(10_000);

/** The window that stands still; undefined: it follows. */
const fixedWindow: Signal<TimeWindow | undefined> = signal(undefined);

/** The window that was drawn last. */
let drawn: TimeWindow = windowUpTo(Date.now(), followedSpanMs.value);

/** Ids of the selected invocations: those of one rectangle. */
export const selectedInvocations: Signal<readonly number[]> = signal([]);

/** Returns the window to draw. One that follows rests while nothing happens. */
export function windowToDraw(timeline: Timeline, nowMs: number): TimeWindow {
  const { toMs } = timeline.span;
  const endMs = timeline.isLive || toMs === 0 ? nowMs : toMs;
  drawn = fixedWindow.value ?? windowUpTo(endMs, followedSpanMs.value);
  return drawn;
}

export function isTimelineFollowing(): boolean {
  return fixedWindow.value === undefined;
}

export function toggleTimelineFollowing(): void {
  if (fixedWindow.value === undefined) {
    holdTimeline();
  } else {
    followedSpanMs.value = spanOf(fixedWindow.value);
    fixedWindow.value = undefined;
  }
}

/** Keeps the window where it is, so that a person can point at something. */
export function holdTimeline(): void {
  fixedWindow.value = drawn;
}

/** @param factor of the window's length: below 1, it shows more details */
export function zoomTimeline(factor: number, atMs: number = (drawn.fromMs + drawn.toMs) / 2): void {
  const next = zoomed(drawn, factor, atMs);
  if (fixedWindow.value === undefined) followedSpanMs.value = spanOf(next);
  else fixedWindow.value = next;
}

/** @param share of the window's length; below 0: to earlier times */
export function moveTimeline(share: number): void {
  fixedWindow.value = moved(drawn, share);
}

/** Shows everything between two moments. */
export function showSpan(fromMs: number, toMs: number): void {
  fixedWindow.value = windowAround(fromMs, toMs);
}

/** Selects one invocation, and moves the window to it. */
export function showInvocation(id: number, startedMs: number): void {
  fixedWindow.value = movedTo(drawn, startedMs);
  selectedInvocations.value = [id];
}

/** The keys of the timeline. They do nothing in other views. */
export const TIMELINE_KEYS: Readonly<Record<string, () => void>> = {
  '+': inTimeline(() => zoomTimeline(0.5)),
  '=': inTimeline(() => zoomTimeline(0.5)),
  '-': inTimeline(() => zoomTimeline(2)),
  f: inTimeline(toggleTimelineFollowing),
};

function inTimeline(act: () => void): () => void {
  return () => {
    if (view.value === 'timeline') act();
  };
}
