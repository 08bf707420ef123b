import type { AttributeValue } from 'aws-lambda';
import { parseDecimal } from '../item/decimal.ts';
import { itemSize } from '../item/item-size.ts';
import { joinPath } from '../unmarshall/path.ts';
import type { Image } from './test-stream.ts';

/*
 * What DynamoDB refuses of an item. Each limit is from
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html or
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */

/** Names and values together: 400 KB. */
const MAX_ITEM_BYTES = 400 * 1024;
/** An attribute of the item is at level 1, so 31 maps or lists may lie around a text. */
const MAX_LEVELS = 32;
/** Names are shorter than 64 KB. */
const MAX_NAME_BYTES = 64 * 1024 - 1;
const MAX_DIGITS = 38;
/** From 1E-130 to 9.9999999999999999999999999999999999999E+125, and the same below zero. */
const MIN_MAGNITUDE = -130;
const MAX_MAGNITUDE = 125;
/** Of the partition key, then of the sort key: at least 1 byte each. */
const MAX_KEY_BYTES = [2048, 1024] as const;

/**
 * Says why DynamoDB would not hold an item.
 *
 * @param keys the partition key, then the sort key if there is one
 * @returns the end of a sentence that begins with the item, which shows names and no values
 */
export function itemProblem(image: Image, keys: readonly string[]): string | undefined {
  return keysProblem(image, keys) ?? attributesProblem(image, '', 1) ?? sizeProblem(image);
}

function keysProblem(image: Image, keys: readonly string[]): string | undefined {
  for (const [index, key] of keys.entries()) {
    const { S, N, B } = image[key] ?? {};
    if (S === undefined && N === undefined && B === undefined) {
      const [type = 'nothing'] = Object.keys(image[key] ?? {});
      return `has ${type} as the key attribute ${key}. Expected a string, a number or binary`;
    }
    const bytes = S === undefined ? Buffer.byteLength(B ?? '', 'base64') : Buffer.byteLength(S);
    const most = MAX_KEY_BYTES[index] as number;
    if (N === undefined && bytes === 0) return `has an empty key attribute ${key}. Expected at least 1 byte`;
    if (bytes > most) return `has ${bytes} bytes in the key attribute ${key}. Expected at most ${most}`;
  }
  return undefined;
}

function attributesProblem(map: Image, path: string, level: number): string | undefined {
  for (const [name, value] of Object.entries(map)) {
    const bytes = Buffer.byteLength(name);
    if (bytes === 0) return `has an attribute without a name${path === '' ? '' : ` in ${path}`}`;
    if (bytes > MAX_NAME_BYTES) {
      return `has an attribute with a name of ${bytes} bytes. Expected at most ${MAX_NAME_BYTES}`;
    }
    const problem = valueProblem(value, joinPath(path, name), level);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function valueProblem(value: AttributeValue, path: string, level: number): string | undefined {
  if (level > MAX_LEVELS) return tooDeepAt(path);
  if (value.N !== undefined) return numberProblem(value.N, path);
  if (value.M !== undefined) return attributesProblem(value.M, path, level + 1);
  for (const [index, element] of (value.L ?? []).entries()) {
    const problem = valueProblem(element, joinPath(path, index), level + 1);
    if (problem !== undefined) return problem;
  }
  return setProblem(value, path);
}

function numberProblem(text: string, path: string): string | undefined {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return `has at ${path} a number that is not a decimal number`;
  const { digits, exponent } = decimal;
  if (digits.length > MAX_DIGITS) {
    return `has at ${path} a number of ${digits.length} significant digits. Expected at most ${MAX_DIGITS}`;
  }
  const magnitude = exponent + digits.length - 1;
  const isInRange = digits === '' || (magnitude >= MIN_MAGNITUDE && magnitude <= MAX_MAGNITUDE);
  return isInRange ? undefined : `has at ${path} a number outside 1E-130 to 9.99...E+125`;
}

function setProblem({ SS, NS, BS }: AttributeValue, path: string): string | undefined {
  for (const text of NS ?? []) {
    const problem = numberProblem(text, path);
    if (problem !== undefined) return problem;
  }
  const elements = SS ?? BS ?? NS?.map((text) => JSON.stringify(parseDecimal(text))) ?? [];
  return new Set(elements).size === elements.length
    ? undefined
    : `has at ${path} a set with the same element twice`;
}

function sizeProblem(image: Image): string | undefined {
  const bytes = itemSize(image);
  return bytes > MAX_ITEM_BYTES
    ? `has ${bytes} bytes. Expected at most ${MAX_ITEM_BYTES} (400 KB)`
    : undefined;
}

/**
 * Says what of a plain value has no form in DynamoDB, and would be changed without a word by the SDK's marshall.
 *
 * @returns as {@link itemProblem}
 */
export function plainProblem(value: unknown, path = '', level = 0): string | undefined {
  // Before the SDK's marshall, which runs out of stack where thousands of levels lie within each other.
  if (level > MAX_LEVELS) return tooDeepAt(path);
  if (value instanceof Set) return plainSetProblem(value, path);
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const at = joinPath(path, isList ? Number(name) : name);
    const problem = plainProblem(inner, at, level + 1);
    if (problem !== undefined) return problem;
  }
  return isList ? emptyPlaceProblem(value, path) : undefined;
}

/** In a map it is left out. In a list that would move the elements behind it. */
function emptyPlaceProblem(list: readonly unknown[], path: string): string | undefined {
  const index = list.findIndex((element) => element === undefined || typeof element === 'function');
  return index === -1 ? undefined : `has ${typeof list[index]} at ${joinPath(path, index)}, in a list`;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function tooDeepAt(path: string): string {
  return `nests deeper than ${MAX_LEVELS} levels at ${path}`;
}

function plainSetProblem(set: ReadonlySet<unknown>, path: string): string | undefined {
  if (set.size === 0) return `has an empty set at ${path}`;
  const types = new Set([...set].map(setTypeOf));
  const [type] = types;
  if (types.size > 1) return `has at ${path} a set of more than one type`;
  return type === undefined
    ? `has at ${path} a set of something else than text, numbers or binary`
    : undefined;
}

/** Returns DynamoDB's type of the set that holds this element. The SDK's NumberValue is a number. */
function setTypeOf(element: unknown): 'SS' | 'NS' | 'BS' | undefined {
  if (typeof element === 'string') return 'SS';
  if (typeof element === 'number' || typeof element === 'bigint') return 'NS';
  if (ArrayBuffer.isView(element) || element instanceof ArrayBuffer) return 'BS';
  return typeof element === 'object' && element !== null && 'value' in element ? 'NS' : undefined;
}
