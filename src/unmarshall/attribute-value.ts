import type { AttributeValue } from 'aws-lambda';
import { decodeBinary } from './binary.ts';
import { isMap, malformed, noAttributeValue } from './malformed.ts';
import type { ToNumber } from './numbers.ts';

/** A map of AttributeValues in Lambda's JSON form: Keys, NewImage or OldImage. */
export type AttributeMap = { readonly [name: string]: AttributeValue };

/** An unmarshalled map: plain JavaScript values, Sets and Uint8Arrays. */
export type NativeMap = { [name: string]: unknown };

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
      plain = typeof value.N === 'string' ? toNumber(value.N) : unmarshallValue(value, toNumber);
    }
    setAttribute(native, name, plain);
  }
  return native;
}

/**
 * A map within an item. It asks each value for its type, which costs less than trying S and N once values of many
 * types have been seen: large items take 7 % less time, small ones would take a quarter more (bench: unmarshall).
 */
function unmarshallNested(map: AttributeMap, toNumber: ToNumber): NativeMap {
  const native: NativeMap = {};
  for (const name in map) setAttribute(native, name, unmarshallValue(map[name], toNumber));
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

/** Unmarshalls one AttributeValue of any type. Small, so that the compiler puts it into its callers. */
function unmarshallValue(value: AttributeValue | undefined, toNumber: ToNumber): unknown {
  for (const type in value) {
    const content: unknown = value[type as keyof AttributeValue];
    if (type === 'S') return textOf(content);
    if (type === 'N') return toNumber(textOf(content));
    if (type === 'M') return unmarshallNested(mapOf(content), toNumber);
    return unmarshallOther(type, content, toNumber);
  }
  throw noAttributeValue('an empty one');
}

function unmarshallOther(type: string, content: unknown, toNumber: ToNumber): unknown {
  switch (type) {
    case 'L':
      return unmarshallList(listOf(content), toNumber);
    case 'BOOL':
      if (typeof content !== 'boolean') malformed('true or false', content);
      return content;
    case 'NULL':
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
function unmarshallList(list: readonly unknown[], toNumber: ToNumber): unknown[] {
  const native: unknown[] = [];
  for (let index = 0; index < list.length; index++) {
    native.push(unmarshallValue(list[index] as AttributeValue, toNumber));
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
