import type { AttributeValue } from 'aws-lambda';
import { type Change, MAX_PATH } from '../record/changes.ts';
import { isSameValue } from '../record/same-value.ts';
import { type AttributeMap, MAX_LEVELS, tooDeep, typeOf } from '../unmarshall/attribute-value.ts';
import { isMap } from '../unmarshall/malformed.ts';
import { joinPath } from '../unmarshall/path.ts';
import { namesInOrder } from './attribute-names.ts';
import { exactNumber } from './exact-number.ts';
import type { JsonValue } from './json-value.ts';
import { REDACTED, type Redaction } from './redaction.ts';
import { nativeOf, writeValue } from './stored-value.ts';

/** One difference between the old and the new image, as an entry shows it. */
export interface AuditChange {
  /** Where: `status`, `card.number`, `lines[2].price`, `["a.b"]`. */
  readonly path: string;
  /** The attribute was added, removed, or has another value. */
  readonly kind: Change['kind'];
  /** Absent for `added`. */
  readonly before?: JsonValue;
  /** Absent for `removed`. */
  readonly after?: JsonValue;
}

/**
 * Lists the changes between two images for an entry, as `changes()` finds them.
 *
 * A change beneath a redacted path is shown at that path, once: the names and the number of the values beneath it
 * are redacted too.
 *
 * It compares the AttributeValues, and unmarshalls only the values that differ: most attributes of an item are the same in both
 * images.
 *
 * @throws MalformedValue for a value of either image that cannot be unmarshalled, also where it did not change
 */
export function storedChanges(
  before: AttributeMap,
  after: AttributeMap,
  redaction: Redaction,
): AuditChange[] {
  const found: AuditChange[] = [];
  compareMaps(before, after, { path: '', level: 0, redaction, found });
  return found;
}

/** A place in the item, and the list that the changes go to. */
interface Place {
  readonly path: string;
  /** How deep it nests. */
  readonly level: number;
  readonly redaction: Redaction;
  readonly found: AuditChange[];
}

function compareMaps(before: AttributeMap, after: AttributeMap, place: Place): void {
  for (const name of namesInOrder(after)) {
    const value = after[name] as AttributeValue;
    if (Object.hasOwn(before, name)) compareAt(before[name] as AttributeValue, value, name, place);
    else addOne('added', value, name, place);
  }
  for (const name of namesInOrder(before)) {
    if (!Object.hasOwn(after, name)) addOne('removed', before[name] as AttributeValue, name, place);
  }
}

function compareLists(
  before: readonly AttributeValue[],
  after: readonly AttributeValue[],
  place: Place,
): void {
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    if (index >= before.length) addOne('added', after[index] as AttributeValue, index, place);
    else if (index >= after.length) addOne('removed', before[index] as AttributeValue, index, place);
    else compareAt(before[index] as AttributeValue, after[index] as AttributeValue, index, place);
  }
}

/** Adds a value that only one image has. */
function addOne(
  kind: 'added' | 'removed',
  value: AttributeValue,
  step: string | number,
  { path, level, redaction, found }: Place,
): void {
  const here = redaction.beneath(step);
  // Also of a value that is not shown: one that cannot be unmarshalled fails the record.
  const native = nativeOf(value, level + 1);
  if (here.isOmitted) return;
  const shown = here.isRedacted ? REDACTED : writeValue(native, here);
  const at = joinPath(path, step);
  found.push(kind === 'added' ? { path: at, kind, after: shown } : { path: at, kind, before: shown });
}

function compareAt(before: AttributeValue, after: AttributeValue, step: string | number, place: Place): void {
  if (isSameScalar(before, after)) return;
  const redaction = place.redaction.beneath(step);
  const path = joinPath(place.path, step);
  const { found } = place;
  const level = place.level + 1;
  const isScalar = typeof before?.S === 'string' || typeof before?.N === 'string';
  if (!isScalar && !redaction.isRedacted && !redaction.isOmitted && path.length < MAX_PATH) {
    const [oldMap, newMap] = [contentOf(before, 'M'), contentOf(after, 'M')];
    if (isMap(oldMap) && isMap(newMap)) {
      if (level >= MAX_LEVELS) throw tooDeep();
      compareMaps(oldMap, newMap, { path, level, redaction, found });
      return;
    }
    const [oldList, newList] = [contentOf(before, 'L'), contentOf(after, 'L')];
    if (Array.isArray(oldList) && Array.isArray(newList)) {
      if (level >= MAX_LEVELS) throw tooDeep();
      compareLists(oldList, newList, { path, level, redaction, found });
      return;
    }
  }
  const [old, now] = [nativeOf(before, level), nativeOf(after, level)];
  // Numbers that a double holds without loss are the same if their doubles are: no decimal is parsed.
  const areNumbers = typeof old === 'number' && typeof now === 'number';
  if (redaction.isOmitted || (areNumbers ? old === now : isSameValue(old, now))) return;
  if (redaction.isRedacted) {
    found.push({ path, kind: 'changed', before: REDACTED, after: REDACTED });
    return;
  }
  const [oldShown, newShown] = [writeValue(old, redaction), writeValue(now, redaction)];
  // Of a map that is compared whole, because its path is long, only omitted values may have changed.
  if (redaction.omits && JSON.stringify(oldShown) === JSON.stringify(newShown)) return;
  found.push({ path, kind: 'changed', before: oldShown, after: newShown });
}

/**
 * Checks if two values are the same text or number. Other values may be the same as well.
 *
 * @throws MalformedValue for text that is not a number
 */
function isSameScalar(before: AttributeValue, after: AttributeValue): boolean {
  if (typeof before?.S === 'string') return before.S === after?.S;
  if (typeof before?.N !== 'string' || before.N !== after?.N) return false;
  // A text beside the number would be the value.
  if (typeof after.S === 'string') return false;
  exactNumber(before.N);
  return true;
}

/** The content of a value of this type. Undefined for a value of another type. */
function contentOf(value: AttributeValue, type: 'M' | 'L'): unknown {
  let [members, content]: [number, unknown] = [0, undefined];
  for (const member in value) {
    members++;
    if (member === type) content = value[member];
  }
  // Nearly all values have one member.
  return members > 1 && typeOf(value) !== type ? undefined : content;
}
