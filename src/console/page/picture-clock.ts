import { untracked } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Store } from '../state/store.ts';
import { drawTime, nowMs } from './drawing-clock.ts';
import { useStore } from './model.ts';

/** Returns the store and the time to draw. The calling component is drawn again when the store changes, and as time passes. */
export function usePicture(): { readonly store: Store; readonly nowMs: number } {
  return { store: untracked(useStore), nowMs: nowMs.value };
}

/** Draws pictures again every so often, while they change with time. */
export function useRegularDrawing(everyMs: number, isNeeded: () => boolean): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (isNeeded()) drawTime();
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
}
