import type { AttributeValue } from 'aws-lambda';
import { decodeBinary } from './binary.ts';
import { isMap, MalformedValue, malformed, noAttributeValue } from './malformed.ts';
import type { ToNumber } from './numbers.ts';

/** A map of AttributeValues in Lambda's JSON form: Keys, NewImage or OldImage. */
export type AttributeMap = { readonly [name: string]: AttributeValue };

/** An unmarshalled map: plain JavaScript values, Sets and Uint8Arrays. */
export type NativeMap = { [name: string]: unknown };

/**
 * How deep values may nest: three times as deep as DynamoDB lets them. Without a bound, a forged event would fill the
 * stack, here or in whatever reads the item later: JSON, comparisons, marshalling.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MAX_LEVELS = 100;

/** The types, in the order in which {@link typeOf} asks for them. */
const TYPES = ['S', 'N', 'M', 'L', 'B', 'SS', 'NS', 'BS', 'BOOL', 'NULL'] as const;

/**
 * Tells the type of an AttributeValue. Some tools write the members of the other types as well, as in
 * `{ S: null, N: '5' }` and `{ NULL: false, S: 'x' }`: such a value has the type of the first member that holds a value.
 *
 * @returns undefined where no member holds one
 */
export function typeOf(value: AttributeValue): (typeof TYPES)[number] | undefined {
  return TYPES.find((type) => {
    const content: unknown = (value as Partial<Record<string, unknown>>)[type];
    if (type === 'S' || type === 'N') return typeof content === 'string';
    return type === 'NULL' ? content === true : content !== undefined && content !== null;
  });
}

/**
 * The hot path. What it throws says nothing about where: `unmarshall` finds that out afterwards.
 *
 * S and N are tried first and in line, because they are most of what items consist of (bench: unmarshall).
 */
export function unmarshallMap(map: AttributeMap, toNumber: ToNumber): NativeMap {
  const native: NativeMap = {};
  for (const name in map) {
    // biome-ignore lint/style/noNonNullAssertion: a missing value throws, as any other malformed one does
    const value = map[name]!;
    let plain: unknown = value.S;
    if (typeof plain !== 'string') {
      plain = typeof value.N === 'string' ? toNumber(value.N) : unmarshallValue(value, toNumber, 1);
    }
    setAttribute(native, name, plain);
  }
  return native;
}

/**
 * A map within an item. It asks each value for its type, which costs less than trying S and N once values of many
 * types have been seen: large items take 7 % less time, small ones would take a quarter more (bench: unmarshall).
 */
function unmarshallNested(map: AttributeMap, toNumber: ToNumber, level: number): NativeMap {
  const native: NativeMap = {};
  for (const name in map) setAttribute(native, name, unmarshallValue(map[name], toNumber, level));
  return native;
}

function setAttribute(native: NativeMap, name: string, value: unknown): void {
  if (name === '__proto__') {
    // Assigning would set the prototype: an attribute of that name is just an attribute.
    Object.defineProperty(native, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    native[name] = value;
  }
}

/**
 * Unmarshalls one AttributeValue of any type. Nearly all values have one member, and most of them are S, N or M: those
 * are left as soon as possible. To look for further members of each took 8 % more time (bench: unmarshall).
 */
export function unmarshallValue(
  value: AttributeValue | undefined,
  toNumber: ToNumber,
  level: number,
): unknown {
  for (const member in value) {
    const content: unknown = value[member as keyof AttributeValue];
    if (member === 'S' && typeof content === 'string') return content;
    if (member === 'N' && typeof content === 'string' && value.S === undefined) return toNumber(content);
    if (member === 'M' && isMap(content) && value.S === undefined && value.N === undefined) {
      return unmarshallNested(content, toNumber, oneDeeper(level));
    }
    const type = hasSeveralMembers(value) ? (typeOf(value) ?? member) : member;
    return unmarshallOther(type, value[type as keyof AttributeValue], toNumber, level);
  }
  throw noAttributeValue('an empty one');
}

function hasSeveralMembers(value: AttributeValue): boolean {
  let members = 0;
  for (const _member in value) members++;
  return members > 1;
}

function oneDeeper(level: number): number {
  if (level >= MAX_LEVELS) throw tooDeep();
  return level + 1;
}

/** Creates the error for a list or map that is nested too deep. */
export function tooDeep(): MalformedValue {
  return new MalformedValue(
    `expected values that nest no deeper than ${MAX_LEVELS} levels (DynamoDB: 32), got more`,
  );
}

function unmarshallOther(type: string, content: unknown, toNumber: ToNumber, level: number): unknown {
  switch (type) {
    case 'S':
      return textOf(content);
    case 'N':
      return toNumber(textOf(content));
    case 'M':
      return unmarshallNested(mapOf(content), toNumber, oneDeeper(level));
    case 'L':
      return unmarshallList(listOf(content), toNumber, oneDeeper(level));
    case 'BOOL':
      if (typeof content !== 'boolean') malformed('true or false', content);
      return content;
    case 'NULL':
      if (content !== true) malformed('true', content);
      return null;
    case 'B':
      return decodeBinary(textOf(content));
    case 'SS':
    case 'NS':
    case 'BS':
      return unmarshallSet(type, listOf(content), toNumber);
    default:
      throw noAttributeValue('one of another type');
  }
}

// Not map(): a closure per list took a tenth of the time of large items (bench: unmarshall).
function unmarshallList(list: readonly unknown[], toNumber: ToNumber, level: number): unknown[] {
  const native: unknown[] = [];
  for (let index = 0; index < list.length; index++) {
    native.push(unmarshallValue(list[index] as AttributeValue, toNumber, level));
  }
  return native;
}

function unmarshallSet(type: 'SS' | 'NS' | 'BS', list: readonly unknown[], toNumber: ToNumber): Set<unknown> {
  const native = new Set();
  for (let index = 0; index < list.length; index++) {
    const text = textOf(list[index]);
    native.add(type === 'SS' ? text : type === 'NS' ? toNumber(text) : decodeBinary(text));
  }
  return native;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') malformed('a string', value);
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) malformed('an array', value);
  return value;
}

/** A map, or a refusal. */
export function mapOf(value: unknown): AttributeMap {
  if (!isMap(value)) malformed('a map of AttributeValues', value);
  return value;
}
