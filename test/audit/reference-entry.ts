import type { DynamoDBRecord, StreamRecord } from 'aws-lambda';
import { ExactNumber } from '../../src/audit/exact-number.ts';
import { auditKeyOf } from '../../src/audit/item-key.ts';
import { type JsonValue, jsonMap, jsonScalar } from '../../src/audit/json-value.ts';
import {
  arrived,
  follow,
  namesElements,
  type PathPattern,
  patternOf,
  type Step,
  stepsOf,
} from '../../src/audit/path-pattern.ts';
import { exactDouble } from '../../src/item/decimal.ts';
import { isMap, sortedDeep } from '../../src/item/sorted-entries.ts';
import { type Change, type ChangedRecord, changes } from '../../src/record/changes.ts';
import { noNumber } from '../../src/unmarshall/malformed.ts';
import { joinPath } from '../../src/unmarshall/path.ts';
import { unmarshall } from '../../src/unmarshall/unmarshall.ts';

/** The options that an entry depends on. */
export interface ReferenceOptions {
  readonly redact: readonly string[];
  readonly omit: readonly string[];
  readonly actor?: string | undefined;
  readonly changes?: boolean;
}

interface Hidden {
  readonly redact: readonly PathPattern[];
  readonly omit: readonly PathPattern[];
}

const R = '[redacted]';
const NOTHING: Hidden = { redact: [], omit: [] };

/**
 * The audit entry of a record, made in the plain way: unmarshals both images, sorts all of their maps, lists what
 * `changes()` finds, and writes it. `auditTrail` makes the same of the AttributeValues.
 */
export function referenceEntry(record: DynamoDBRecord, options: ReferenceOptions): object {
  const change = record.dynamodb as StreamRecord;
  const { OldImage, NewImage } = change;
  const keys = read(change.Keys as object);
  const hidden = { redact: patterns(options.redact), omit: patterns(options.omit) };
  const images = {
    ...(OldImage && { oldImage: read(OldImage) }),
    ...(NewImage && { newImage: read(NewImage) }),
  };
  const tableName = 'Invoices';
  const sequenceNumber = change.SequenceNumber?.padStart(40, '0');
  const actor = actorOf(images.newImage, options.actor, hidden);
  return {
    itemKey: auditKeyOf(tableName, keys),
    position: `2026-01-01T00:00:00.000/${sequenceNumber}`,
    streamArn: record.eventSourceARN,
    sequenceNumber,
    eventID: record.eventID,
    eventName: record.eventName,
    tableName,
    time: new Date((change.ApproximateCreationDateTime as number) * 1000).toISOString(),
    keys: write(keys, NOTHING),
    ...(actor !== undefined && { actor }),
    expired: false,
    ...(options.changes !== false && {
      changes: writeChanges(changes({ eventName: record.eventName, ...images } as ChangedRecord), hidden),
    }),
  };
}

function patterns(paths: readonly string[]): PathPattern[] {
  return paths.map((path) => patternOf(path) as PathPattern);
}

function read(map: object): object {
  return sortedDeep(
    unmarshall(map as never, (text) => {
      const number = exactDouble(text) ?? noNumber();
      return Number.isNaN(number) ? new ExactNumber(text) : number;
    }),
  );
}

function actorOf(newImage: unknown, path: string | undefined, hidden: Hidden): JsonValue | undefined {
  if (path === undefined) return undefined;
  let value = newImage;
  let here = hidden;
  for (const step of stepsOf(path) as Step[]) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
    here = beneath(here, step);
  }
  return write(value, here);
}

function writeChanges(found: readonly Change[], hidden: Hidden): object[] {
  const written = new Map<string, object>();
  for (const change of found) {
    const shown = writeChange(change, hidden);
    if (shown !== undefined && !written.has(shown.path)) written.set(shown.path, shown);
  }
  return [...written.values()];
}

function writeChange({ path, kind, before, after }: Change, hidden: Hidden) {
  let at = '';
  let here = hidden;
  for (const step of stepsOf(path) as Step[]) {
    at = joinPath(at, step);
    here = beneath(here, step);
    if (arrived(here.omit)) return undefined;
    if (arrived(here.redact)) return shownAt(at, at === path ? kind : 'changed', R, R);
  }
  const [old, now] = [write(before, here), write(after, here)];
  const isSame = kind === 'changed' && JSON.stringify(old) === JSON.stringify(now);
  return isSame && here.omit.length > 0 ? undefined : shownAt(path, kind, old, now);
}

function shownAt(path: string, kind: Change['kind'], before: JsonValue, after: JsonValue) {
  return { path, kind, ...(kind !== 'added' && { before }), ...(kind !== 'removed' && { after }) };
}

function write(value: unknown, here: Hidden): JsonValue {
  if (Array.isArray(value)) return value.map((element, index) => writeAt(element, beneath(here, index)));
  if (value instanceof Set && namesElements(here.redact)) return R;
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  if (!isMap(value)) return jsonScalar(value);
  const entries: [string, JsonValue][] = [];
  for (const [name, attribute] of Object.entries(value)) {
    const inside = beneath(here, name);
    if (!arrived(inside.omit)) entries.push([name, writeAt(attribute, inside)]);
  }
  return jsonMap(entries);
}

function writeAt(value: unknown, here: Hidden): JsonValue {
  return arrived(here.redact) ? R : write(value, here);
}

function beneath({ redact, omit }: Hidden, step: Step): Hidden {
  return { redact: follow(redact, step), omit: follow(omit, step) };
}
