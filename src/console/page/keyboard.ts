import { moveInHistory } from './item-history.tsx';
import { stepMapping, toggleMapping } from './mapping-controls.tsx';
import { isFilterWanted, moveFailure, togglePause, view } from './model.ts';
import { TIMELINE_KEYS } from './timeline-model.ts';

/** The keys of the page. They rest while someone types. */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
      if (event.key === 'Escape') target.blur();
      return;
    }
    const act = ACTIONS[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  '/': () => {
    view.value = 'changes';
    isFilterWanted.value = true;
  },
  p: togglePause,
  P: toggleMapping,
  s: stepMapping,
  n: () => moveFailure(1),
  N: () => moveFailure(-1),
  h: () => moveInHistory(1),
  H: () => moveInHistory(-1),
  1: () => {
    view.value = 'changes';
  },
  2: () => {
    view.value = 'failures';
  },
  3: () => {
    view.value = 'timeline';
  },
  4: () => {
    view.value = 'charts';
  },
  5: () => {
    view.value = 'blocked';
  },
  6: () => {
    view.value = 'topology';
  },
  ...TIMELINE_KEYS,
};
