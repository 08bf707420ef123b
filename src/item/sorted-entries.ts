import { jsonTextOf } from './json-text.ts';

/**
 * The attributes of a map in the order of their names. DynamoDB sends them in any order, and in another one when a record is
 * read again.
 */
export function sortedEntries<Value>(map: Readonly<Record<string, Value>>): [name: string, value: Value][];
export function sortedEntries(map: object): [name: string, value: unknown][];
export function sortedEntries(map: object): [name: string, value: unknown][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Keys as one text, the same in whatever order their attributes come. */
export function keysText(keys: object): string {
  return jsonTextOf(sortedEntries(keys));
}

/** Sorts the attributes of all maps in a value by name. A record then gives the same text at every delivery. */
export function sortedDeep<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(sortedDeep) as Value;
  if (!isMap(value)) return value;
  const entries = sortedEntries(value).map(([name, attribute]) => [name, sortedDeep(attribute)] as const);
  return Object.fromEntries(entries) as Value;
}

/** Checks if a value is an unmarshalled map: neither a Set nor binary nor a number of a class. */
export function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
