import type { AttributeValue } from 'aws-lambda';
import { canonicalNumber, isDecimal } from '../item/decimal.ts';
import {
  type AttributeMap,
  MAX_LEVELS,
  tooDeep,
  typeOf,
  unmarshallMap,
} from '../unmarshall/attribute-value.ts';
import { decodeBinary } from '../unmarshall/binary.ts';
import { cameOf, isMap, noAttributeValue, noNumber } from '../unmarshall/malformed.ts';
import type { Step } from '../unmarshall/path.ts';

/** The content of an AttributeValue of each type. */
interface Contents {
  readonly S: string;
  readonly N: string;
  readonly B: string;
  readonly BOOL: boolean;
  readonly NULL: true;
  readonly M: AttributeMap;
  readonly L: readonly AttributeValue[];
  readonly SS: readonly string[];
  readonly NS: readonly string[];
  readonly BS: readonly string[];
}

/** The type of an AttributeValue. */
export type StoredType = keyof Contents;

/**
 * Tells the type of a stored value.
 *
 * @throws MalformedValue for what no handler could read either
 */
export function storedType(value: AttributeValue): StoredType {
  // Most values are text or a number.
  if (typeof value?.S === 'string') return 'S';
  if (!isMap(value)) throw noAttributeValue(cameOf(value));
  const type = typeof value.N === 'string' ? 'N' : typeOf(value);
  // Unmarshalling it throws an error that names the problem.
  if (type === undefined || !isContent(type, value[type as keyof AttributeValue])) {
    unmarshallMap({ value }, String);
  }
  return type as StoredType;
}

function isContent(type: StoredType, content: unknown): boolean {
  if (type === 'N') return isDecimal(content as string) || noNumber();
  if (type === 'M') return isMap(content);
  if (type === 'L' || /.S/.test(type)) return Array.isArray(content);
  return typeof content === (type === 'B' ? 'string' : 'boolean');
}

/** The content of a value of this type; undefined for a missing value, and for one of another type. */
export function contentOf<Type extends StoredType>(
  value: AttributeValue | undefined,
  type: Type,
): Contents[Type] | undefined {
  // Most values are text, and are asked for as that.
  if (type === 'S' && typeof value?.S === 'string') return value.S as Contents[Type];
  if (value === undefined || storedType(value) !== type) return undefined;
  return (value as unknown as Contents)[type];
}

/** The value at a path; undefined where the item has none. */
export function valueAt(map: AttributeMap, steps: readonly Step[]): AttributeValue | undefined {
  let value = ownValue(map, steps[0] as string);
  for (let at = 1; value !== undefined && at < steps.length; at++) {
    const step = steps[at] as Step;
    value =
      typeof step === 'number' ? contentOf(value, 'L')?.[step] : ownValue(contentOf(value, 'M') ?? {}, step);
  }
  return value;
}

// An attribute may be called `constructor`; only the item's own ones count.
function ownValue(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/**
 * Compares two values as DynamoDB does: numbers as decimals, binary by its bytes, sets without regard to order. Takes time in
 * proportion to the values.
 *
 * @throws MalformedValue
 */
export function isSameStored(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (typeof a?.S === 'string' && typeof b?.S === 'string') return a.S === b.S;
  const type = storedType(a);
  if (type !== storedType(b)) return false;
  // Numbers of the same text are the same, and those of different doubles are not: this spares most of them a look at the digits.
  if (type === 'N' && (a.N === b.N || Number(a.N) !== Number(b.N))) return a.N === b.N;
  return canonicalText(a) === canonicalText(b);
}

/**
 * Writes a value as text, so that values are equal if and only if their texts are. Each part begins with its length.
 *
 * @param toNumber writes numbers as the text that handlers see
 * @throws MalformedValue
 */
export function canonicalText(value: AttributeValue, level = 0, toNumber?: (text: string) => string): string {
  const type = storedType(value);
  const partOf = (one: AttributeValue): string => {
    if (level >= MAX_LEVELS) throw tooDeep();
    const text = canonicalText(one, level + 1, toNumber);
    return `${text.length}:${text}`;
  };
  if (type === 'N' && toNumber) return `S ${toNumber(value.N as string)}`;
  return `${type === 'NS' && toNumber ? 'SS' : type} ${contentText(type, value as unknown as Contents, partOf)}`;
}

function contentText(type: StoredType, value: Contents, partOf: (value: AttributeValue) => string): string {
  switch (type) {
    case 'M':
      return Object.entries(value.M)
        .map(([name, one]) => partOf({ S: name }) + partOf(one))
        .sort()
        .join('');
    case 'L':
      return value.L.map(partOf).join('');
    case 'SS':
    case 'NS':
    case 'BS':
      return [...new Set(value[type].map((text) => partOf({ [type.charAt(0) as 'S']: text })))]
        .sort()
        .join('');
    case 'N':
      return canonicalNumber(value.N) as string;
    case 'B':
      return Buffer.from(decodeBinary(value.B)).toString('latin1');
    default:
      return String(value[type]);
  }
}
