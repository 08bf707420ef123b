import { isMap } from '../item/sorted-entries.ts';
import type { Change } from '../record/changes.ts';
import { joinPath } from '../unmarshall/path.ts';
import { type JsonValue, jsonMap, jsonScalar } from './json-value.ts';
import { arrived, follow, namesElements, type PathPattern, type Step, stepsOf } from './path-pattern.ts';

/** The paths to redact and to omit, relative to some place in the item. */
export interface Redaction {
  readonly redact: readonly PathPattern[];
  readonly omit: readonly PathPattern[];
}

/** One difference between the old and the new image, as an entry shows it. */
export interface AuditChange {
  /** Where: `status`, `card.number`, `lines[2].price`, `["a.b"]`. */
  readonly path: string;
  readonly kind: Change['kind'];
  /** Absent for `added`. */
  readonly before?: JsonValue;
  /** Absent for `removed`. */
  readonly after?: JsonValue;
}

/** Replaces a redacted value. */
const REDACTED = '[redacted]';

/**
 * Writes changes for an entry.
 *
 * A change beneath a redacted path is shown at that path, once: the names and the number of the values beneath it
 * are redacted too.
 */
export function writeChanges(changes: readonly Change[], redaction: Redaction): AuditChange[] {
  const written = new Map<string, AuditChange>();
  for (const change of changes) {
    const shown = writeChange(change, redaction);
    if (shown !== undefined && !written.has(shown.path)) written.set(shown.path, shown);
  }
  return [...written.values()];
}

function writeChange({ path, kind, before, after }: Change, redaction: Redaction): AuditChange | undefined {
  let at = '';
  let here = redaction;
  for (const step of stepsOf(path) as Step[]) {
    at = joinPath(at, step);
    here = beneath(here, step);
    if (arrived(here.omit)) return undefined;
    if (arrived(here.redact)) return shownAt(at, at === path ? kind : 'changed', REDACTED, REDACTED);
  }
  const [old, now] = [writeValue(before, here), writeValue(after, here)];
  // Of a map that is compared whole, because its path is long, only omitted values may have changed.
  if (kind === 'changed' && here.omit.length > 0 && JSON.stringify(old) === JSON.stringify(now)) {
    return undefined;
  }
  return shownAt(path, kind, old, now);
}

function shownAt(path: string, kind: Change['kind'], before: JsonValue, after: JsonValue): AuditChange {
  return { path, kind, ...(kind !== 'added' && { before }), ...(kind !== 'removed' && { after }) };
}

/** Writes a value for an entry: as JSON, redacted. */
export function writeValue(value: unknown, redaction: Redaction): JsonValue {
  if (Array.isArray(value)) return value.map((element, index) => writeAt(element, beneath(redaction, index)));
  if (value instanceof Set && namesElements(redaction.redact)) return REDACTED;
  if (!isMap(value)) return jsonScalar(value);
  const entries: [string, JsonValue][] = [];
  for (const [name, attribute] of Object.entries(value)) {
    const inside = beneath(redaction, name);
    if (!arrived(inside.omit)) entries.push([name, writeAt(attribute, inside)]);
  }
  return jsonMap(entries);
}

/** Returns the redaction that applies beneath a path, or undefined if everything there is hidden. */
export function redactionAt(redaction: Redaction, steps: readonly Step[]): Redaction | undefined {
  let here = redaction;
  for (const step of steps) {
    here = beneath(here, step);
    if (arrived(here.redact) || arrived(here.omit)) return undefined;
  }
  return here;
}

function writeAt(value: unknown, here: Redaction): JsonValue {
  return arrived(here.redact) ? REDACTED : writeValue(value, here);
}

function beneath({ redact, omit }: Redaction, step: Step): Redaction {
  return { redact: follow(redact, step), omit: follow(omit, step) };
}
