import { MASKED } from '../protocol/mask.ts';
import type { ChangeFilter } from './filter.ts';
import type { Change } from './store.ts';

/** Items of changes, each found once. */
const items: WeakMap<Change, string> = new WeakMap();

/**
 * Names the item of a change, by its key. The attributes of a key have no order. A rerun is not a change of the item.
 *
 * @returns undefined if the key is not known, or hidden: then other items have the same one
 */
export function itemOf(change: Change): string | undefined {
  const values = Object.values(change.record.keys ?? {});
  const isHidden = values.some((value) => (value as { readonly S?: unknown } | null)?.S === MASKED);
  return values.length === 0 || isHidden ? undefined : nameOf(change);
}

/** Finds the changes of an item that {@link itemOf} has named. */
export function changesOf(item: string): ChangeFilter {
  return {
    matches: (change) => change.rerun === undefined && nameOf(change) === item,
    dependsOnStatus: false,
  };
}

/** Finds the change that is one step later in a history, or earlier, but not beyond its ends. */
export function stepIn(history: readonly Change[], from: Change, step: 1 | -1): Change | undefined {
  const index = history.indexOf(from);
  return history[Math.min(history.length - 1, Math.max(0, index + step))];
}

function nameOf(change: Change): string {
  const known = items.get(change);
  if (known !== undefined) return known;
  const entries = Object.entries(change.record.keys ?? {});
  const name = JSON.stringify(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  items.set(change, name);
  return name;
}
