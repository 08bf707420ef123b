import type { AttributeValue, StreamRecord as RawChange } from 'aws-lambda';
import { sortedDeep } from '../item/sorted-entries.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { missingImage } from '../record/changes.ts';
import { EntityRecord } from '../record/entity-record.ts';
import { knownEntityOf } from '../record/known-entity.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import { streamLabelOf } from '../record/stream-arn.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { traceContextOf } from '../trace-context/record-trace.ts';
import { type AttributeMap, mapOf, type NativeMap, unmarshallMap } from '../unmarshall/attribute-value.ts';
import { unmarshall } from '../unmarshall/unmarshall.ts';
import { exactNumber } from './exact-number.ts';
import { auditKeyOf } from './item-key.ts';
import { type JsonValue, looksWritten } from './json-value.ts';
import type { ActorPath, AuditSettings } from './options.ts';
import type { Step } from './path-pattern.ts';
import { NOTHING, type Redaction } from './redaction.ts';
import { type AuditChange, storedChanges } from './stored-changes.ts';
import { nativeOf, writeValue } from './stored-value.ts';

/**
 * One change of one item, as JSON.
 *
 * ```json
 * {
 *   "itemKey": "Invoices/customerId=C-1/invoiceId=I-7",
 *   "position": "2026-01-01T00:00:00.000/0000000000000000000400000000000000000001",
 *   "streamArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000",
 *   "sequenceNumber": "0000000000000000000400000000000000000001",
 *   "eventID": "1f3a5c7e9b0d2f4681a3c5e7f9b1d3f5",
 *   "eventName": "MODIFY",
 *   "tableName": "Invoices",
 *   "entity": "invoice",
 *   "time": "2026-01-01T00:00:00.000Z",
 *   "keys": { "customerId": "C-1", "invoiceId": "I-7" },
 *   "actor": "ada",
 *   "expired": false,
 *   "traceId": "0af7651916cd43dd8448eb211c80319c",
 *   "changes": [{ "path": "status", "kind": "changed", "before": "OPEN", "after": "PAID" }]
 * }
 * ```
 */
export interface AuditEntry {
  /** Table and item, as `auditKeyOf` writes them: the partition key of an audit table. */
  readonly itemKey: string;
  /** Stream and sequence number, as `positionOf` writes them, so that it sorts as text: the sort key of an audit table. */
  readonly position: string;
  /** The stream that the change came from. Empty when the record does not say. */
  readonly streamArn: string;
  /** In 40 digits. It orders the changes of one stream, and not those of a table that has had several. */
  readonly sequenceNumber: string;
  /** The same at every redelivery. */
  readonly eventID: string;
  /** The kind of the change. */
  readonly eventName: EventName;
  /** The table's name; empty when the stream's ARN names none. */
  readonly tableName: string;
  /** The entity of the item, after the change if that has made it another. Absent where the record belongs to none. */
  readonly entity?: string;
  /** When the change was made, which Lambda says to the second. Absent when the record does not say. */
  readonly time?: string;
  /** The item's key attributes. */
  readonly keys: JsonValue;
  /**
   * Who made the change: the attribute that `actor` names, or the principal of the record's userIdentity, which is
   * `dynamodb.amazonaws.com` for a delete by Time to Live. Absent when neither says.
   */
  readonly actor?: JsonValue;
  /** True if Time to Live deleted the item. */
  readonly expired: boolean;
  /**
   * The trace in which the record was handled: another one at each delivery. Absent without the middleware `tracing`, added before
   * the trail.
   */
  readonly traceId?: string;
  /** The changes. Absent with `changes: false`. */
  readonly changes?: readonly AuditChange[];
}

/** The source of an entry: any record that handlers get. */
export type AuditedRecord = RecordBase<EventName, object>;

const SEQUENCE_NUMBER_DIGITS = 40;
const NO_IMAGE: AttributeMap = {};

type Growing<T> = { -readonly [Name in keyof T]?: T[Name] };

/**
 * Makes the entry of one record: from the record as Lambda sent it, so that a schema that drops or converts attributes,
 * or a number policy that rounds, changes nothing in it.
 *
 * @throws InvalidRecordError `MISSING_IMAGE` when changes are asked for and the record does not carry the images;
 * UnmarshallError; ConfigurationError `INVALID_OPTION` when an attribute of the item key is to be hidden
 */
export function auditEntryOf(record: AuditedRecord, settings: AuditSettings): AuditEntry {
  const { eventName, tableName } = record;
  // Not record.raw: that is a frozen copy, with which entries took 3.4 times as long (bench: middleware/audit).
  const raw = LazyRecord.rawOf(record);
  // A record that came this far has both: it could not have been opened without.
  const change = raw.dynamodb as RawChange;
  const keys = sortedKeys(unmarshall(change.Keys as AttributeMap, exactNumber));
  const entity = knownEntityOf(record);
  const view = settings.viewOf(changesEntity(record, entity) ? undefined : entity);
  requireShown(keys, view.redaction);
  let actor: JsonValue | undefined;
  let changes: readonly AuditChange[] | undefined;
  try {
    actor = actorOf(record, change.NewImage, view.actor);
    if (settings.changes) changes = changesOf(eventName, change, view.redaction);
    else checkImages(change);
  } catch (thrown) {
    throw namedProblem(change, thrown);
  }
  const sequenceNumber = record.sequenceNumber.padStart(SEQUENCE_NUMBER_DIGITS, '0');
  const time = timeOf(record.approximateCreationDateTime);
  // Grown member by member, in the order of the example above.
  const entry: Growing<AuditEntry> = {
    itemKey: auditKeyOf(tableName, keys),
    position: `${streamLabelOf(raw.eventSourceARN)}/${sequenceNumber}`,
    streamArn: raw.eventSourceARN ?? '',
    sequenceNumber,
    eventID: record.eventID,
    eventName,
    tableName,
  };
  if (entity !== undefined) entry.entity = entity;
  if (time !== undefined) entry.time = time;
  entry.keys = writeKeys(keys);
  if (actor !== undefined) entry.actor = actor;
  entry.expired = record.expired;
  const trace = traceContextOf(record);
  if (trace !== undefined) entry.traceId = trace.traceId;
  if (changes !== undefined) entry.changes = changes;
  return entry as AuditEntry;
}

/** Sorts the keys by name. Nearly always there are one or two, and they are texts. */
function sortedKeys(keys: NativeMap): NativeMap {
  const [first, second, ...others] = Object.keys(keys);
  if (first === undefined || others.length > 0 || typeof keys[first] !== 'string') return sortedDeep(keys);
  if (second === undefined) return keys;
  if (typeof keys[second] !== 'string') return sortedDeep(keys);
  // Computed names define properties: one named __proto__ is an attribute.
  return first < second ? keys : { [second]: keys[second], [first]: keys[first] };
}

/** Writes the keys. Texts are their own JSON. */
function writeKeys(keys: NativeMap): JsonValue {
  for (const name in keys) if (typeof keys[name] !== 'string') return writeValue(keys, NOTHING);
  return looksWritten(Object.keys(keys)) ? writeValue(keys, NOTHING) : (keys as JsonValue);
}

/** Checks if the images are items of different entities, so that neither list covers both. Assumed where it cannot be told. */
function changesEntity(record: AuditedRecord, entity: string | undefined): boolean {
  const { NewImage, OldImage } = LazyRecord.rawOf(record).dynamodb as RawChange;
  if (entity === undefined || !NewImage || !OldImage) return false;
  return !(record instanceof EntityRecord) || record.oldEntity !== entity;
}

/** Makes the error that names the value which cannot be read: the code that reads single values does not know where they are. */
function namedProblem({ OldImage, NewImage }: RawChange, thrown: unknown): unknown {
  try {
    for (const image of [OldImage, NewImage]) if (image) unmarshall(image, exactNumber);
  } catch (named) {
    return named;
  }
  return thrown;
}

/** @throws InvalidRecordError `MISSING_IMAGE`; MalformedValue */
function changesOf(
  eventName: EventName,
  { OldImage, NewImage }: RawChange,
  redaction: Redaction,
): AuditChange[] {
  // Some tools write null for an image that the record does not have.
  const before = eventName === 'INSERT' ? NO_IMAGE : OldImage;
  const after = eventName === 'REMOVE' ? NO_IMAGE : NewImage;
  if (!before || !after) throw missingImage(eventName);
  return storedChanges(mapOf(before), mapOf(after), redaction);
}

/** Checks the images of an entry that lists no changes. @throws MalformedValue */
function checkImages({ OldImage, NewImage }: RawChange): void {
  for (const image of [OldImage, NewImage]) if (image) unmarshallMap(mapOf(image), exactNumber);
}

let [lastMs, lastTime] = [Number.NaN, ''];

/** The moment of a change in ISO 8601. Lambda gives it to the second, so many records of a batch have the same. */
function timeOf(date: Date): string | undefined {
  const ms = date.getTime();
  if (Number.isNaN(ms)) return undefined;
  if (ms !== lastMs) [lastMs, lastTime] = [ms, date.toISOString()];
  return lastTime;
}

function actorOf(
  { userIdentity }: AuditedRecord,
  newImage: AttributeMap | null | undefined,
  path: ActorPath | undefined,
): JsonValue | undefined {
  if (userIdentity !== undefined) return userIdentity.principalId;
  if (path === undefined) return undefined;
  const actor = valueAt(newImage, path.steps);
  return actor === undefined ? undefined : writeValue(actor, path.redaction);
}

function valueAt(image: AttributeMap | null | undefined, [name, ...steps]: readonly Step[]): unknown {
  if (!image || !Object.hasOwn(image, name as string)) return undefined;
  let value = nativeOf(image[name as string] as AttributeValue, 1);
  for (const step of steps) {
    // Only what the item itself has: `constructor` is an attribute, or nothing.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

/** An entry that does not say which item it is about would be worth nothing, and one that does would show the value. */
function requireShown(keys: NativeMap, redaction: Redaction): void {
  if (redaction.isEmpty) return;
  for (const name of Object.keys(keys)) {
    if (redaction.at([name]) === undefined) {
      throw invalidOption(
        'auditTrail',
        undefined,
        `${name} is in redact or omit, but it belongs to the item key, which every entry shows. ` +
          'Remove it there, or do not audit this table.',
      );
    }
  }
}
