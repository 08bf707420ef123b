import { canonicalNumber } from '../item/decimal.ts';

/**
 * Compares two values of items as DynamoDB does: numbers as decimals, in whatever form they come (number, bigint, the
 * SDK's NumberValue, any object whose text is a decimal number); binary by its bytes, so a Buffer equals a Uint8Array;
 * sets without regard to order; maps by their attributes. Takes time in proportion to the values.
 */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  // Most values are strings, and those that differ are done here.
  if (typeof a === 'string' || typeof b === 'string') return false;
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b);
  if (a instanceof Set) return b instanceof Set && isSameSet(a, b);
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && bytesOf(a).equals(bytesOf(b));
  if (isMap(a)) return isMap(b) && isSameMap(a, b);
  const number = decimalOf(a);
  return number === undefined ? isDeepEqual(a, b) : number === decimalOf(b);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, index) => isSameValue(element, b[index]));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || (prototype === null && !('rawJSON' in value));
}

function isSameMap(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSameValue(a[name], b[name]))
  );
}

/** By one text per element: to look up each one among the others takes time with the square of their number. */
function isSameSet(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean {
  const texts = new Set([...a].map(elementText));
  const others = new Set([...b].map(elementText));
  // Of a class that only a number policy knows.
  if (texts.has(undefined) || others.has(undefined)) return isDeepEqual(a, b);
  return texts.size === others.size && [...texts].every((text) => others.has(text));
}

/** @returns undefined for what no set of DynamoDB holds */
function elementText(element: unknown): string | undefined {
  if (typeof element === 'string') return `S${element}`;
  if (ArrayBuffer.isView(element)) return `B${bytesOf(element).toString('latin1')}`;
  const number = decimalOf(element);
  return number === undefined ? undefined : `N${number}`;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** One text per number. @returns undefined for other values */
function decimalOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return canonicalNumber(String(value));
  if (typeof value !== 'object' || value === null) return undefined;
  // Their texts look like numbers: that of [5] is '5'.
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return undefined;
  // JSON.rawJSON, with which the command line keeps digits, makes objects without any method.
  const { toString: write, rawJSON } = value as { readonly toString?: unknown; readonly rawJSON?: unknown };
  if (typeof rawJSON === 'string') return canonicalNumber(rawJSON);
  // An object without a text of its own is not a number.
  if (typeof write !== 'function' || write === Object.prototype.toString) return undefined;
  return canonicalNumber(String(write.call(value)));
}

function isDeepEqual(a: unknown, b: unknown): boolean {
  // Importing node:util takes a millisecond of every cold start (bench: footprint), and few values need it.
  return process.getBuiltinModule('node:util').isDeepStrictEqual(a, b);
}
