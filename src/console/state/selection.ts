import type { Change } from './store.ts';

/** Finds the changes from one to another, in the order of a list, whichever of them comes first. */
export function changesBetween(
  changes: readonly Change[],
  from: number | undefined,
  to: number | undefined,
): readonly Change[] {
  const [one, other] = [from, to].map((number) =>
    changes.findIndex(({ record }) => record.number === number),
  ) as [number, number];
  if (other === -1) return [];
  return one === -1
    ? changes.slice(other, other + 1)
    : changes.slice(Math.min(one, other), Math.max(one, other) + 1);
}
