import { isPlainObject } from '../options/check.ts';

/**
 * Copies a value as deep as it consists of what items consist of: plain objects, arrays, Sets, Maps, bytes and dates.
 * Instances of other classes, such as `NumberValue`, and functions are shared: only their class knows how to copy them.
 *
 * @param onShared called for each value that is shared
 */
export function copyOf(value: unknown, onShared: () => void = () => {}): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  const copy = (inner: unknown): unknown => copyOf(inner, onShared);
  if (Array.isArray(value)) return value.map(copy);
  // Not value.slice(): that of a Buffer shares the bytes.
  if (value instanceof Uint8Array) return Uint8Array.prototype.slice.call(value);
  // Not `instanceof`: a subclass knows how to copy itself, and a plain Set has not its methods.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Set.prototype) return new Set(Array.from(value as Set<unknown>, copy));
  if (prototype === Map.prototype)
    return new Map(Array.from(value as Map<unknown, unknown>, ([key, inner]) => [copy(key), copy(inner)]));
  if (prototype === Date.prototype) return new Date(value as Date);
  if (!isPlainObject(value)) {
    onShared();
    return value;
  }
  // Spreading makes an attribute named __proto__ an own one, so that an assignment does not set the prototype.
  const result: Record<string, unknown> = { ...value };
  for (const name of Object.keys(result)) result[name] = copy(result[name]);
  return result;
}
