import { type Signal, signal } from '@preact/signals';
import { changesBetween } from '../state/selection.ts';
import type { Change } from '../state/store.ts';
import { selectedChange } from './model.ts';

/** Several changes are selected: from the one that was selected first to the one that was selected last. */
const range: Signal<{ readonly from: number; readonly to: number } | undefined> = signal(undefined);

/** @param isExtending true if the changes between are selected too: the person holds Shift */
export function select(number: number, isExtending: boolean): void {
  const first = rangeStart() ?? selectedChange.value;
  range.value = isExtending && first !== undefined ? { from: first, to: number } : undefined;
  selectedChange.value = number;
}

/** The selected changes among those that are shown. */
export function selectedAmong(changes: readonly Change[]): readonly Change[] {
  const from = rangeStart();
  return from === undefined ? [] : changesBetween(changes, from, selectedChange.value);
}

/** Undefined if another change was selected since, such as by a key. */
function rangeStart(): number | undefined {
  return range.value?.to === selectedChange.value ? range.value?.from : undefined;
}
