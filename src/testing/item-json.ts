/** An AttributeValue without sets and binary: as Lambda and the SDK both have it. */
export type PlainValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { L: PlainValue[] }
  | { M: Record<string, PlainValue> };

/** A number as it stands in the JSON: a double would lose digits that DynamoDB keeps. */
class NumberText {
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

/** An object of JSON: no list, no number. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  );
}

/** Plain JSON as DynamoDB takes it. JSON has no sets and no binary. */
export function attributeValue(value: unknown): PlainValue {
  if (value === null) return { NULL: true };
  if (value instanceof NumberText) return { N: value.text };
  if (Array.isArray(value)) return { L: value.map(attributeValue) };
  if (isJsonObject(value)) return { M: attributeMap(value) };
  return typeof value === 'boolean' ? { BOOL: value } : { S: value as string };
}

/** The attributes of an item. */
export function attributeMap(item: object): Record<string, PlainValue> {
  // Not an object literal that grows: an attribute may be called `__proto__`.
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeValue(value)]));
}
