import type { AttributeValue } from 'aws-lambda';
import { isPlainObject } from '../options/check.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { canonicalText } from './stored-value.ts';

/**
 * Tests a stored value.
 *
 * @param toNumber the number policy of the router. Where it gives text, text in a condition may stand for a number
 * @throws MalformedValue for a value that no handler could read
 */
export type Test = (value: AttributeValue | undefined, toNumber?: ToNumber) => boolean;

/** Checks if a number policy gives text. */
export function givesText(toNumber: ToNumber | undefined): toNumber is (text: string) => string {
  return typeof toNumber?.('0') === 'string';
}

/**
 * Makes the test for values that equal a literal.
 *
 * @throws for a literal that DynamoDB does not store
 */
export function equalTo(literal: unknown): Test {
  // Text needs no check, and is rarely compared with another type: a cold start does without (bench: footprint).
  let expected = typeof literal === 'string' ? undefined : canonicalText(storedLiteral(literal));
  return (value, toNumber) => {
    if (value === undefined) return false;
    // Most conditions compare text: this takes half the time.
    if (typeof literal === 'string' && typeof value?.S === 'string') return value.S === literal;
    expected ??= canonicalText(storedLiteral(literal));
    return (
      canonicalText(value) === expected ||
      (givesText(toNumber) && canonicalText(value, 0, toNumber) === expected)
    );
  };
}

/**
 * Marshalls a value that a condition compares with. A value of none of the types below is taken for a number, as
 * the SDK's NumberValue and other classes write their digits. A value that DynamoDB does not store becomes a malformed value, or throws.
 */
export function storedLiteral(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (ArrayBuffer.isView(value)) {
    return { B: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }
  // Not `map`, which leaves holes.
  if (Array.isArray(value)) return { L: Array.from(value, storedLiteral) };
  if (value instanceof Set) {
    const elements = Array.from(value, storedLiteral);
    const [type] = Object.keys(elements[0] ?? {}) as ['S'];
    // In a mixed set, some texts are undefined, and an empty one has no type.
    return { [`${type}S` as 'SS']: elements.map((element) => element[type] as string) };
  }
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(([name, one]) => [name, storedLiteral(one)] as const);
    // Not an object that grows: assigning `__proto__` would set a prototype.
    return { M: Object.fromEntries(entries) };
  }
  return { N: String(value) };
}
