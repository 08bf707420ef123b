import { effect, type Signal, signal, untracked } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Store } from '../state/store.ts';
import { useStore } from './model.ts';

// A picture that moves ten times a second is smooth enough, and leaves the processor to the mapping.
const LEAST_MS = 100;

/** Epoch milliseconds at which pictures are drawn. */
const nowMs: Signal<number> = signal(Date.now());

let isScheduled = false;

effect(() => {
  useStore();
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    nowMs.value = Date.now();
  }, LEAST_MS);
});

/** Returns the store and the time to draw. The calling component is drawn again when the store changes, but not in each frame. */
export function usePicture(): { readonly store: Store; readonly nowMs: number } {
  return { store: untracked(useStore), nowMs: nowMs.value };
}

/** Draws pictures again every so often, while they change with time. */
export function useRegularDrawing(everyMs: number, isNeeded: () => boolean): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (isNeeded()) nowMs.value = Date.now();
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
}
