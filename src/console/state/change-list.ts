import type { ChangeFilter } from './filter.ts';
import type { Change, Store } from './store.ts';

/** The changes of a store that match a filter. Looks at each change once, if their statuses do not count. */
export class ChangeList {
  readonly #filter: ChangeFilter | undefined;
  #matching: Change[] = [];
  #lastNumber = 0;

  constructor(filter: ChangeFilter | undefined) {
    this.#filter = filter;
  }

  /** @param upTo the number of the last change to show */
  in({ changes }: Store, upTo: number = Number.POSITIVE_INFINITY): readonly Change[] {
    const filter = this.#filter;
    const all =
      filter === undefined
        ? changes
        : filter.dependsOnStatus
          ? changes.filter(filter.matches)
          : this.#grow(changes, filter);
    const last = all.at(-1)?.record.number ?? 0;
    return last <= upTo ? all : all.slice(0, firstIndex(all, upTo + 1));
  }

  #grow(changes: readonly Change[], { matches }: ChangeFilter): readonly Change[] {
    // A store of another run begins anew.
    if ((changes.at(-1)?.record.number ?? 0) < this.#lastNumber) {
      this.#matching = [];
      this.#lastNumber = 0;
    }
    const fresh = changes.slice(firstIndex(changes, this.#lastNumber + 1)).filter(matches);
    const kept = this.#matching.slice(firstIndex(this.#matching, changes[0]?.record.number ?? 0));
    this.#matching = [...kept, ...fresh];
    this.#lastNumber = changes.at(-1)?.record.number ?? 0;
    return this.#matching;
  }
}

/** The index of the first change with this number or a higher one. */
function firstIndex(changes: readonly Change[], number: number): number {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle] as Change).record.number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
