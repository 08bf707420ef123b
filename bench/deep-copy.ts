/** Copies what unmarshalling gives: the least that building those objects can cost. */
export function deepCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return copyList(value) as T;
  if (value instanceof Set) return new Set(value) as T;
  return copyMap(value as Record<string, unknown>) as T;
}

function copyList(list: readonly unknown[]): unknown[] {
  const copy: unknown[] = [];
  for (let index = 0; index < list.length; index++) copy.push(deepCopy(list[index]));
  return copy;
}

function copyMap(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name in map) copy[name] = deepCopy(map[name]);
  return copy;
}
