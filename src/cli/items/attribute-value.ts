import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isJsonObject } from '../../testing/item-json.ts';
import { decodeBinary } from '../../unmarshall/binary.ts';
import { joinPath } from '../../unmarshall/path.ts';

/** The attributes of an item, as the SDK takes them. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Reads the content of a value in DynamoDB JSON. Undefined: it is not content of this type. */
type Content = (content: unknown, path: string) => AttributeValue | undefined;

const TYPES: Readonly<Record<string, Content>> = {
  S: (text) => (typeof text === 'string' ? { S: text } : undefined),
  N: (text) => (typeof text === 'string' ? { N: text } : undefined),
  B: (text) => (isBase64(text) ? { B: decodeBinary(text) } : undefined),
  BOOL: (value) => (typeof value === 'boolean' ? { BOOL: value } : undefined),
  NULL: (value) => (value === true ? { NULL: true } : undefined),
  SS: (texts) => (isSetOf(texts, isText) ? { SS: [...texts] } : undefined),
  NS: (texts) => (isSetOf(texts, isText) ? { NS: [...texts] } : undefined),
  BS: (texts) => (isSetOf(texts, isBase64) ? { BS: texts.map(decodeBinary) } : undefined),
  L: (list, path) =>
    Array.isArray(list)
      ? { L: list.map((element, index) => typedValue(element, joinPath(path, index))) }
      : undefined,
  M: (map, path) => (isJsonObject(map) ? { M: typedMap(map, path) } : undefined),
};

/** In words, for each type of {@link TYPES}. */
const EXPECTED: Readonly<Record<string, string>> = {
  S: 'text',
  N: 'the digits of a number as text',
  B: 'base64',
  BOOL: 'true or false',
  NULL: 'true',
  SS: 'a list of texts that is not empty',
  NS: 'a list of numbers as text that is not empty',
  BS: 'a list of base64 that is not empty',
  L: 'a list',
  M: 'an object',
};

/**
 * Reads a value of DynamoDB JSON, `{"SS":["a","b"]}`, as the AWS CLI writes it.
 *
 * @throws Error that names the attribute, without its content
 */
export function typedValue(value: unknown, path: string): AttributeValue {
  const [type, ...others] = isJsonObject(value) ? Object.keys(value) : [];
  if (type === undefined || others.length > 0 || !Object.hasOwn(TYPES, type)) {
    throw new Error(
      `the attribute ${path} has to be an object with one of ${Object.keys(TYPES).join(', ')}, such as {"S":"text"}`,
    );
  }
  const read = (TYPES[type] as Content)((value as Record<string, unknown>)[type], path);
  if (read === undefined) throw new Error(`${type} of the attribute ${path} has to be ${EXPECTED[type]}`);
  return read;
}

/** The attributes of an item in DynamoDB JSON. */
export function typedMap(item: object, path = ''): Attributes {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typedValue(value, joinPath(path, name))]),
  );
}

function isSetOf(value: unknown, isElement: (element: unknown) => element is string): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isElement);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isBase64(value: unknown): value is string {
  return isText(value) && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);
}
