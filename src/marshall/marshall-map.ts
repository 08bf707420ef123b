import { convertToAttr } from '@aws-sdk/util-dynamodb';

/** The SDK's AttributeValue: Lambda's, but for binary, which is bytes. */
export type SdkAttributeValue = ReturnType<typeof convertToAttr>;

/**
 * Marshalls an item as the SDK's `marshall` does, without what is undefined. That one loses an attribute named
 * `__proto__`, at any depth, and refuses a map that has one named `constructor`.
 *
 * @throws what `marshall` throws for what DynamoDB cannot hold
 */
export function marshallMap(item: object): Record<string, SdkAttributeValue> {
  const { M } = marshallValue(item);
  if (M === undefined) throw new TypeError('not a map');
  return M;
}

function marshallValue(value: unknown): SdkAttributeValue {
  if (Array.isArray(value)) return { L: value.filter(isGiven).map(marshallValue) };
  if (!isPlain(value)) return convertToAttr(value as string, { removeUndefinedValues: true });
  const given = Object.entries(value).filter(([, attribute]) => isGiven(attribute));
  // Not an object that grows: assigning `__proto__` would set a prototype.
  return { M: Object.fromEntries(given.map(([name, attribute]) => [name, marshallValue(attribute)])) };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function';
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
