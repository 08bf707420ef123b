import type { AttributeValue } from 'aws-lambda';
import { decodeBinary } from './binary.ts';
import type { ToNumber } from './numbers.ts';

/** A map of AttributeValues in Lambda's JSON form: Keys, NewImage or OldImage. */
export type AttributeMap = { readonly [name: string]: AttributeValue };

/** An unmarshalled map: plain JavaScript values, Sets and Uint8Arrays. */
export type NativeMap = { [name: string]: unknown };

/**
 * The hot path. What it throws says nothing about where: `unmarshall` finds that out afterwards.
 */
export function unmarshallMap(map: AttributeMap, toNumber: ToNumber): NativeMap {
  const native: NativeMap = {};
  for (const name in map) {
    // biome-ignore lint/style/noNonNullAssertion: a missing value throws, as any other malformed one does
    const value = map[name]!;
    // S and N inline, because they are most of what items consist of (bench: unmarshall).
    const text = value.S ?? value.N;
    let plain: unknown;
    if (typeof text !== 'string') plain = unmarshallValue(value, toNumber);
    else plain = value.S === undefined ? toNumber(text) : text;
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
export function unmarshallValue(value: AttributeValue, toNumber: ToNumber): unknown {
  for (const type in value) {
    switch (type) {
      case 'S':
        return text(value.S);
      case 'N':
        return toNumber(text(value.N));
      case 'M':
        return unmarshallMap(map(value.M), toNumber);
      case 'L':
        return list(value.L).map((element) => unmarshallValue(element as AttributeValue, toNumber));
      case 'BOOL':
        if (typeof value.BOOL !== 'boolean') throw new TypeError('not a boolean');
        return value.BOOL;
      case 'NULL':
        return null;
      case 'B':
        return decodeBinary(text(value.B));
      case 'SS':
        return new Set(list(value.SS).map(text));
      case 'NS':
        return new Set(list(value.NS).map((element) => toNumber(text(element))));
      case 'BS':
        return new Set(list(value.BS).map((element) => decodeBinary(text(element))));
      default:
        throw new TypeError('unknown type');
    }
  }
  throw new TypeError('empty');
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a string');
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not an array');
  return value;
}

function map(value: unknown): AttributeMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not a map');
  return value as AttributeMap;
}
