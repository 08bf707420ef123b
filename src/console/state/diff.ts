import type { Attributes } from '../protocol/events.ts';

/** A part of an item before and after a change. A part that is a map is shown by its members. */
export interface Difference {
  /** `address.city`, `lines[0]`. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'same';
  /** An AttributeValue. */
  readonly before: unknown;
  readonly after: unknown;
}

const SETS: ReadonlySet<string> = new Set(['SS', 'NS', 'BS']);

/** Compares two images, in the order of their attributes: those of the new image first. */
export function differencesOf(
  before: Attributes | undefined,
  after: Attributes | undefined,
): readonly Difference[] {
  return inMaps('', before ?? {}, after ?? {});
}

function inMaps(path: string, before: Attributes, after: Attributes): readonly Difference[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) => {
    const inner = path === '' ? name : `${path}.${name}`;
    return between(inner, own(before, name), own(after, name));
  });
}

function between(path: string, before: unknown, after: unknown): readonly Difference[] {
  if (before === undefined) return [{ path, kind: 'added', before, after }];
  if (after === undefined) return [{ path, kind: 'removed', before, after }];
  if (isSame(before, after)) return [{ path, kind: 'same', before, after }];
  const [oldMap, newMap] = [own(before, 'M'), own(after, 'M')];
  if (oldMap !== undefined && newMap !== undefined) {
    return inMaps(path, oldMap as Attributes, newMap as Attributes);
  }
  const [oldList, newList] = [own(before, 'L'), own(after, 'L')];
  if (Array.isArray(oldList) && Array.isArray(newList)) {
    const length = Math.max(oldList.length, newList.length);
    return Array.from({ length }, (_, index) =>
      between(`${path}[${index}]`, oldList[index], newList[index]),
    ).flat();
  }
  return [{ path, kind: 'changed', before, after }];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/** The attributes of maps have no order, nor do the elements of sets. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [
      name,
      SETS.has(name) && Array.isArray(inner) ? inner.toSorted() : canonical(inner),
    ]);
}

function own(container: unknown, name: string): unknown {
  return typeof container === 'object' && container !== null && Object.hasOwn(container, name)
    ? (container as Attributes)[name]
    : undefined;
}
