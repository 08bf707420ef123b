import { convertToAttr } from '@aws-sdk/util-dynamodb';
import { isPlainObject } from '../options/check.ts';

/** The SDK's AttributeValue: Lambda's, but for binary, which is bytes. */
export type SdkAttributeValue = ReturnType<typeof convertToAttr>;

/** A whole number beyond 2^53 - 1: it may be the rounded value of another one, and is not written as if it were exact. */
export class UnsafeNumber extends Error {}

/**
 * Marshalls an item as the SDK's `marshall` does, without undefined values. That one
 *
 * - loses an attribute named `__proto__`, at any depth, and refuses a map that has one named `constructor`;
 * - takes the type of a set from its first element, so that a set of numbers and bigints, as an image may hold one, becomes
 *   nonsense or is refused.
 *
 * @throws {@link UnsafeNumber}, or what `marshall` throws for what DynamoDB cannot hold
 */
export function marshallMap(item: object): Record<string, SdkAttributeValue> {
  const { M } = marshallValue(item);
  if (M === undefined) throw new TypeError('not a map');
  return M;
}

function marshallValue(value: unknown): SdkAttributeValue {
  if (Array.isArray(value)) return { L: value.filter(isGiven).map(marshallValue) };
  if (value instanceof Set) return marshallSet(value);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new UnsafeNumber();
  if (!isPlainObject(value)) return convertToAttr(value as string, { removeUndefinedValues: true });
  const given = Object.entries(value).filter(([, attribute]) => isGiven(attribute));
  // Not an object that grows: assigning `__proto__` would set a prototype.
  return { M: Object.fromEntries(given.map(([name, attribute]) => [name, marshallValue(attribute)])) };
}

/** Numbers, bigints and the SDK's NumberValue are one type in DynamoDB, and so in a set. */
function marshallSet(set: ReadonlySet<unknown>): SdkAttributeValue {
  const elements = [...set].filter(isGiven).map(marshallValue);
  const numbers = elements.flatMap(({ N }) => (N === undefined ? [] : [N]));
  const texts = elements.flatMap(({ S }) => (S === undefined ? [] : [S]));
  const binaries = elements.flatMap(({ B }) => (B === undefined ? [] : [B]));
  if (elements.length === 0) throw new TypeError('an empty set');
  if (numbers.length === elements.length) return { NS: numbers };
  if (texts.length === elements.length) return { SS: texts };
  if (binaries.length === elements.length) return { BS: binaries };
  throw new TypeError('a set of several types');
}

function isGiven(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function';
}
