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
    if (name === '__proto__') {
      // Assigning would set the prototype: an attribute of that name is just an attribute.
      Object.defineProperty(native, name, {
        value: plain,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    } else {
      native[name] = plain;
    }
  }
  return native;
}

/** Unmarshalls one AttributeValue of any type. */
function unmarshallValue(value: AttributeValue, toNumber: ToNumber): unknown {
  // Most of what is neither S nor N, and of what is in lists (bench: unmarshall).
  const { M } = value;
  if (isMap(M)) return unmarshallMap(M, toNumber);
  for (const type in value) {
    const content: unknown = value[type as keyof AttributeValue];
    switch (type) {
      case 'S':
        return textOf(content);
      case 'N':
        return toNumber(textOf(content));
      case 'M':
        return unmarshallMap(mapOf(content), toNumber);
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
        return setOf(content, textOf);
      case 'NS':
        return setOf(content, (element) => toNumber(textOf(element)));
      case 'BS':
        return setOf(content, (element) => decodeBinary(textOf(element)));
      default:
        throw noAttributeValue('one of another type');
    }
  }
  throw noAttributeValue('an empty one');
}

// Not map(): a closure per list took a tenth of the time of large items (bench: unmarshall).
function unmarshallList(list: readonly unknown[], toNumber: ToNumber): unknown[] {
  const native: unknown[] = [];
  for (let index = 0; index < list.length; index++) {
    native.push(unmarshallValue(list[index] as AttributeValue, toNumber));
  }
  return native;
}

function setOf(list: unknown, read: (element: unknown) => unknown): Set<unknown> {
  const native = new Set();
  for (const element of listOf(list)) native.add(read(element));
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
