import { isPlainObject } from '../options/check.ts';

/**
 * Copies a value as deep as it consists of what items consist of: plain objects, arrays, Sets, Maps, bytes and dates.
 * Instances of other classes, such as `NumberValue`, are shared: only their class knows how to copy them.
 */
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Set) return new Set(Array.from(value, copyOf));
  if (value instanceof Map) return new Map(Array.from(value, ([key, inner]) => [copyOf(key), copyOf(inner)]));
  // Not value.slice(): that of a Buffer shares the bytes.
  if (value instanceof Uint8Array) return Uint8Array.prototype.slice.call(value);
  if (value instanceof Date) return new Date(value);
  if (!isPlainObject(value)) return value;
  // fromEntries defines, where an assignment to __proto__ would set the prototype.
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyOf(inner)]));
}
