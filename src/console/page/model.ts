import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ConsoleEvent, ConsoleMessage } from '../protocol/events.ts';
import { ChangeList } from '../state/change-list.ts';
import { type ChangeFilter, readFilter } from '../state/filter.ts';
import { type Change, Store } from '../state/store.ts';
import { drawStore, version } from './drawing-clock.ts';

/** The views of the page. */
export type View = 'changes' | 'failures' | 'timeline' | 'charts' | 'blocked' | 'topology';

/** Everything that the events of the run have told. Views read it through {@link useStore}. */
const store: Store = new Store();

export const view: Signal<View> = signal('changes');

/** The connection to the command. */
export const connection: Signal<'connecting' | 'live' | 'lost'> = signal('connecting');

/** The field of the filter gets the focus when it is drawn next: before the next key, so that none is lost. */
export const isFilterWanted: Signal<boolean> = signal(false);

export const filterText: Signal<string> = signal('');

/** The number of the last change that is shown; undefined: all are. */
export const pausedAt: Signal<number | undefined> = signal(undefined);

/** True if the list scrolls to new changes. */
export const isFollowing: Signal<boolean> = signal(true);

/** The number of the selected change. */
export const selectedChange: Signal<number | undefined> = signal(undefined);

/** The id of the selected group of failures; undefined: the first one. */
export const selectedFailure: Signal<number | undefined> = signal(undefined);

/** The text that screen readers say. */
export const announcement: Signal<string> = signal('');

/** Returns the store, and draws the calling component again when it changes. */
export function useStore(): Store {
  version.value;
  return store;
}

/** Returns the store for an action of the person, which draws nothing. */
export function readStore(): Store {
  return store;
}

/** Adds events to the store. */
export function takeMessage(message: ConsoleMessage): void {
  const before = store.failures.list[0]?.id;
  store.add(message);
  const [newest] = store.failures.list;
  if (newest !== undefined && newest.id !== before)
    announcement.value = `New failure: ${newest.failure.message}`;
  drawStore(message.events.reduce((sum, event) => sum + weightOf(event), 0));
}

function weightOf(event: ConsoleEvent): number {
  return event.event === 'read' ? event.records.length : 1;
}

const list: ReadonlySignal<{ readonly filter: ChangeFilter | undefined; readonly changes: ChangeList }> =
  computed(() => {
    const filter = readFilter(filterText.value, store.keyNames);
    return { filter, changes: new ChangeList(filter) };
  });

/** The changes to show, and why the filter is wrong if it is. */
export function useChanges(): { readonly changes: readonly Change[]; readonly problem: string | undefined } {
  const shown = useStore();
  const { filter, changes } = list.value;
  return { changes: changes.in(shown, pausedAt.value), problem: filter?.problem };
}

/** Stops or resumes the feed. The mapping runs on. */
export function togglePause(): void {
  pausedAt.value = pausedAt.value === undefined ? (store.changes.at(-1)?.record.number ?? 0) : undefined;
}

/** Shows the failure after the selected one, or before it. */
export function moveFailure(step: 1 | -1): void {
  const groups = store.failures.list;
  const index = groups.findIndex(({ id }) => id === selectedFailure.value);
  const next = index === -1 ? 0 : Math.min(groups.length - 1, Math.max(0, index + step));
  selectedFailure.value = groups[next]?.id;
  view.value = 'failures';
}

/** Shows the changes that match a filter. */
export function showChanges(filter: string): void {
  filterText.value = filter;
  isFollowing.value = true;
  view.value = 'changes';
}

/** Shows a change in the feed. */
export function showChange(number: number): void {
  filterText.value = '';
  isFollowing.value = false;
  selectedChange.value = number;
  view.value = 'changes';
}
