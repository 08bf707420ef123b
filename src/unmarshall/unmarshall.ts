import type { AttributeValue } from 'aws-lambda';
import { ConfigurationError, UnmarshallError } from '../errors.ts';
import { contentFreeCause, nameOf } from '../failure/content-free-cause.ts';
import {
  type AttributeMap,
  MAX_LEVELS,
  mapOf,
  type NativeMap,
  tooDeep,
  typeOf,
  unmarshallMap,
} from './attribute-value.ts';
import { CHECK_EVENT, cameOf, isMap, MalformedValue, noAttributeValue } from './malformed.ts';
import type { ToNumber } from './numbers.ts';
import { joinPath } from './path.ts';

const MAX_PATH = 1000;

/**
 * Unmarshalls Keys or an image.
 *
 * | AttributeValue | JavaScript |
 * | --- | --- |
 * | `S` | string |
 * | `N` | as the number policy says |
 * | `B` | Uint8Array, decoded from base64 |
 * | `BOOL`, `NULL` | boolean, null |
 * | `SS`, `NS`, `BS` | Set |
 * | `L`, `M` | array, plain object |
 *
 * Members beside the real one are ignored, where they are null, or `NULL: false`: `{ S: null, N: '5' }` is 5.
 *
 * @throws UnmarshallError with the path of the attribute that is empty, unknown, malformed or nested too deep
 */
export function unmarshall(map: AttributeMap, toNumber: ToNumber): NativeMap {
  try {
    return unmarshallMap(mapOf(map), toNumber);
  } catch (thrown) {
    // The hot path carries no path along; a second, slow walk finds it for the message.
    const attributes = isMap(map) ? Object.entries(map) : [];
    const { steps, reason } = locateIn(attributes, toNumber, 0) ?? { steps: [], reason: thrown };
    throw unreadable(shortened(steps.reduceRight<string>(joinPath, '')) || '(item)', reason);
  }
}

/**
 * Makes the error for an attribute that cannot be read.
 *
 * @param path where it lies in the item
 * @returns `reason` itself where the record is not at fault: no record can be read with this number policy
 */
export function unreadable(path: string, reason: unknown): UnmarshallError | ConfigurationError {
  if (reason instanceof ConfigurationError) return reason;
  const isOurs = reason instanceof MalformedValue;
  const why = isOurs ? reason.message : `the number policy threw ${nameOf(reason)}`;
  return new UnmarshallError(
    path,
    `The attribute ${path} cannot be unmarshalled: ${why}. ${CHECK_EVENT}`,
    isOurs ? { cause: reason } : contentFreeCause(reason),
  );
}

interface Place {
  /** From the innermost out. */
  readonly steps: (string | number)[];
  readonly reason: unknown;
}

/** Finds the first value, innermost, that cannot be unmarshalled, and what it throws. Reads each value once. */
function locateIn(
  values: Iterable<readonly [string | number, AttributeValue]>,
  toNumber: ToNumber,
  level: number,
): Place | undefined {
  for (const [step, value] of values) {
    const place = locateAt(value, toNumber, level + 1);
    if (place === undefined) continue;
    place.steps.push(step);
    return place;
  }
  return undefined;
}

function locateAt(value: AttributeValue, toNumber: ToNumber, level: number): Place | undefined {
  if (!isMap(value)) return { steps: [], reason: noAttributeValue(cameOf(value)) };
  const values = valuesIn(value);
  if (values !== undefined) {
    return level >= MAX_LEVELS ? { steps: [], reason: tooDeep() } : locateIn(values, toNumber, level);
  }
  try {
    unmarshallMap({ value }, toNumber);
    return undefined;
  } catch (reason) {
    return { steps: [], reason };
  }
}

/** The values that a well-formed list or map holds. */
function valuesIn(value: AttributeValue): Iterable<readonly [string | number, AttributeValue]> | undefined {
  const type = typeOf(value);
  if (type === 'L' && Array.isArray(value.L)) return value.L.entries();
  return type === 'M' && isMap(value.M) ? Object.entries(value.M) : undefined;
}

/** Names may have 64 KB each, and the path goes into the log. */
function shortened(path: string): string {
  return path.length <= MAX_PATH ? path : `${path.slice(0, MAX_PATH / 2)}...${path.slice(-MAX_PATH / 2)}`;
}
