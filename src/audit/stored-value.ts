import type { AttributeValue } from 'aws-lambda';
import { isMap, sortedDeep } from '../item/sorted-entries.ts';
import { unmarshallValue } from '../unmarshall/attribute-value.ts';
import { exactNumber } from './exact-number.ts';
import { type JsonValue, jsonMap, jsonScalar } from './json-value.ts';
import { REDACTED, type Redaction } from './redaction.ts';

/**
 * Unmarshalls one value of an image, its maps in the order of an entry.
 *
 * @param level how deep it nests: 1 for an attribute of the item
 * @throws MalformedValue
 */
export function nativeOf(value: AttributeValue, level: number): unknown {
  // Most values are texts and numbers.
  if (typeof value?.S === 'string') return value.S;
  if (typeof value?.N === 'string') return exactNumber(value.N);
  const native = unmarshallValue(value, exactNumber, level);
  return typeof native === 'object' ? sortedDeep(native) : native;
}

/** Writes a value for an entry: as JSON, redacted. */
export function writeValue(value: unknown, redaction: Redaction): JsonValue {
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  if (Array.isArray(value)) {
    return value.map((element, index) => writeAt(element, redaction.beneath(index)));
  }
  if (value instanceof Set && redaction.redactsElements) return REDACTED;
  if (!isMap(value)) return jsonScalar(value);
  const entries: [string, JsonValue][] = [];
  for (const [name, attribute] of Object.entries(value)) {
    const inside = redaction.beneath(name);
    if (!inside.isOmitted) entries.push([name, writeAt(attribute, inside)]);
  }
  return jsonMap(entries);
}

function writeAt(value: unknown, here: Redaction): JsonValue {
  return here.isRedacted ? REDACTED : writeValue(value, here);
}
