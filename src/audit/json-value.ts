import { ExactNumber } from './exact-number.ts';

/** A value that JSON can carry. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** The names under which a map of one attribute would look like a value that JSON has no form for. */
const TAGS = ['N', 'B', 'SS', 'NS', 'BS', 'M', 'TOO_LARGE'];

/**
 * Writes a number, binary or a set, for which JSON has no form: as an AttributeValue. JSON has one for other values.
 *
 * | in DynamoDB | in an entry |
 * | --- | --- |
 * | `S`, `BOOL`, `NULL` | text, `true`, `null` |
 * | `N` | a number; `{ "N": "12345678901234567890.5" }` where a reader of JSON could lose digits |
 * | `B` | `{ "B": "AQID" }`, base64 |
 * | `SS`, `NS`, `BS` | `{ "SS": ["a", "b"] }`, `{ "NS": ["1", "2"] }`, `{ "BS": ["AQID"] }` |
 */
export function jsonScalar(value: object): JsonValue {
  if (value instanceof ExactNumber) return { N: value.text };
  if (value instanceof Uint8Array) return { B: base64(value) };
  return jsonSet([...(value as ReadonlySet<unknown>)]);
}

/**
 * Writes a map. One that would look like a written AttributeValue is put into `{ "M": ... }`, so that an entry can be
 * read in one way only.
 */
export function jsonMap(entries: readonly (readonly [name: string, value: JsonValue])[]): JsonValue {
  // fromEntries defines properties, so an attribute named `__proto__` is kept as an attribute.
  const map = Object.fromEntries(entries);
  return looksWritten(entries.map(([name]) => name)) ? { M: map } : map;
}

/** Returns true for the names of a map that would look like a written AttributeValue. */
export function looksWritten(names: readonly string[]): boolean {
  return names.length === 1 && TAGS.includes(names[0] as string);
}

/** In one order: a set has none, and is sent in another one each time. */
function jsonSet(elements: readonly unknown[]): JsonValue {
  const [first] = elements;
  if (typeof first === 'string') return { SS: (elements as string[]).toSorted() };
  if (first instanceof Uint8Array) return { BS: (elements as Uint8Array[]).map(base64).sort() };
  const texts = elements.map(String);
  // Sorted twice: numbers that are one as doubles keep the order of their texts.
  return { NS: texts.sort().sort((a, b) => Number(a) - Number(b)) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
