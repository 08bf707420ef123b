/**
 * Puts the attributes of all maps into the order of their names: DynamoDB sends them in any order, and another one when a
 * record is read again. A record then gives the same entry, text for text, at every delivery.
 */
export function canonical<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(canonical) as Value;
  if (!isMap(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, attribute]) => [name, canonical(attribute)])) as Value;
}

/** Not a Set, not binary, not an ExactNumber. */
export function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
