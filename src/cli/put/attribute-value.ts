import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A number as it stands in the JSON: a double would lose digits that DynamoDB keeps. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** `JSON.parse`, with each number as {@link NumberText}. */
export function parseJson(json: string): unknown {
  const reviver: Reviver = (_key, value, { source }) =>
    typeof value === 'number' ? new NumberText(source as string) : value;
  return JSON.parse(json, reviver as (key: string, value: unknown) => unknown);
}

/** Plain JSON as DynamoDB takes it. JSON has no sets and no binary, so none come out of it. */
function attributeValue(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (value instanceof NumberText) return { N: value.text };
  if (Array.isArray(value)) return { L: value.map(attributeValue) };
  if (typeof value === 'object') return { M: attributeMap(value) };
  return typeof value === 'boolean' ? { BOOL: value } : { S: value as string };
}

/** The attributes of an item. */
export function attributeMap(item: object): Record<string, AttributeValue> {
  // Not an object literal that grows: an attribute may be called `__proto__`.
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeValue(value)]));
}
