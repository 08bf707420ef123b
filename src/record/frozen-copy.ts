import { isPlainObject } from '../options/check.ts';

/**
 * Copies what JSON.parse made, frozen at every depth. Not recursive: an event may be nested as deep as JSON allows.
 * Objects of a class, which only tests put into an event, stay the same.
 */
export function frozenCopy<Value extends object>(value: Value): Value {
  const copies: Map<object, object> = new Map();
  const unfinished: Record<string, unknown>[] = [];
  const copyOf = (original: object): object => {
    // An object that occurs twice, or within itself, is copied once.
    let copy = copies.get(original);
    if (copy === undefined) {
      copy = Array.isArray(original) ? [...original] : { ...original };
      copies.set(original, copy);
      unfinished.push(copy as Record<string, unknown>);
    }
    return copy;
  };
  const root = copyOf(value);
  for (let copy = unfinished.pop(); copy !== undefined; copy = unfinished.pop()) {
    for (const [name, inner] of Object.entries(copy)) {
      // The copy has an attribute named __proto__ as its own, so assigning to it sets the attribute.
      if (Array.isArray(inner) || isPlainObject(inner)) copy[name] = copyOf(inner);
    }
    Object.freeze(copy);
  }
  return root as Value;
}
