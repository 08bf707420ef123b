import { batch, type Signal, signal } from '@preact/signals';
import { DrawingPace } from '../state/drawing-pace.ts';

/** Grows when a changed store is drawn. */
export const version: Signal<number> = signal(0);

/** Epoch milliseconds at which pictures are drawn. */
export const nowMs: Signal<number> = signal(Date.now());

const pace = new DrawingPace();
let isScheduled = false;
let isStoreDrawn = true;

/** Draws the store soon. @param changes how many it has got since the last call */
export function drawStore(changes: number): void {
  pace.add(changes);
  isStoreDrawn = false;
  schedule();
}

/** Draws pictures soon, because time has passed. */
export function drawTime(): void {
  schedule();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  wait();
}

function wait(): void {
  const waitMs = pace.waitMs(performance.now());
  // Only requestAnimationFrame rests while the page is hidden: then nothing has to be drawn.
  if (waitMs > 0) setTimeout(wait, waitMs);
  else requestAnimationFrame(draw);
}

function draw(): void {
  isScheduled = false;
  const startedMs = performance.now();
  pace.drawn(startedMs);
  batch(() => {
    nowMs.value = Date.now();
    if (!isStoreDrawn) version.value++;
    isStoreDrawn = true;
  });
  // A message that is posted in a frame arrives after its style, layout and paint.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    pace.took(performance.now() - startedMs);
    port1.close();
  };
  port2.postMessage(undefined);
}
