import type { StreamRecord as RawChange } from 'aws-lambda';
import { sortedDeep } from '../item/sorted-entries.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { type ChangedRecord, changes } from '../record/changes.ts';
import { EntityRecord } from '../record/entity-record.ts';
import { knownEntityOf } from '../record/known-entity.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import { positionOf } from '../record/position.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import type { AttributeMap, NativeMap } from '../unmarshall/attribute-value.ts';
import { unmarshall } from '../unmarshall/unmarshall.ts';
import { exactNumber } from './exact-number.ts';
import { auditKeyOf } from './item-key.ts';
import type { JsonValue } from './json-value.ts';
import type { ActorPath, AuditSettings } from './options.ts';
import type { Step } from './path-pattern.ts';
import { type AuditChange, type Redaction, redactionAt, writeChanges, writeValue } from './redaction.ts';

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
  readonly eventName: EventName;
  readonly tableName: string;
  /** The entity of the item, after the change if that has made it another. Absent where the record belongs to none. */
  readonly entity?: string;
  /** When the change was made, which Lambda says to the second. Absent when the record does not say. */
  readonly time?: string;
  readonly keys: JsonValue;
  /**
   * Who made the change: the attribute that `actor` names, or the principal of the record's userIdentity, which is
   * `dynamodb.amazonaws.com` for a delete by Time to Live. Absent when neither says.
   */
  readonly actor?: JsonValue;
  /** True if Time to Live deleted the item. */
  readonly expired: boolean;
  /** The changes. Absent with `changes: false`. */
  readonly changes?: readonly AuditChange[];
}

/** The source of an entry: any record that handlers get. */
export type AuditedRecord = RecordBase<EventName, object>;

const SEQUENCE_NUMBER_DIGITS = 40;
const NOTHING: Redaction = { redact: [], omit: [] };

/**
 * Makes the entry of one record: from the record as Lambda sent it, so that a schema that drops or converts attributes,
 * or a number policy that rounds, changes nothing in it.
 *
 * @throws InvalidRecordError `MISSING_IMAGE` when changes are asked for and the record does not carry the images;
 * UnmarshallError; ConfigurationError `INVALID_OPTION` when an attribute of the item key is to be hidden
 */
export function auditEntryOf(record: AuditedRecord, settings: AuditSettings): AuditEntry {
  const { raw, eventID, eventName, tableName } = record;
  // A record that came this far has both: it could not have been opened without.
  const change = raw.dynamodb as RawChange;
  const keys = read(change.Keys as AttributeMap);
  const entity = knownEntityOf(record);
  const view = settings.viewOf(changesEntity(record, entity) ? undefined : entity);
  requireShown(keys, view.redaction);
  const images = imagesOf(change);
  const actor = actorOf(record, images.newImage, view.actor);
  const time = record.approximateCreationDateTime;
  return {
    itemKey: auditKeyOf(tableName, keys),
    position: positionOf(record),
    streamArn: raw.eventSourceARN ?? '',
    sequenceNumber: record.sequenceNumber.padStart(SEQUENCE_NUMBER_DIGITS, '0'),
    eventID,
    eventName,
    tableName,
    ...(entity !== undefined && { entity }),
    ...(Number.isNaN(time.getTime()) ? {} : { time: time.toISOString() }),
    keys: writeValue(keys, NOTHING),
    ...(actor !== undefined && { actor }),
    expired: record.expired,
    ...(settings.changes && {
      changes: writeChanges(changes({ eventName, ...images } as ChangedRecord), view.redaction),
    }),
  };
}

/** Checks if the images are items of different entities, so that neither list covers both. Assumed where it cannot be told. */
function changesEntity(record: AuditedRecord, entity: string | undefined): boolean {
  const { NewImage, OldImage } = LazyRecord.rawOf(record).dynamodb as RawChange;
  if (entity === undefined || !NewImage || !OldImage) return false;
  return !(record instanceof EntityRecord) || record.oldEntity !== entity;
}

function imagesOf({ OldImage, NewImage }: RawChange): {
  readonly oldImage?: NativeMap;
  readonly newImage?: NativeMap;
} {
  // Some tools write null for an image that the record does not have.
  return {
    ...(OldImage && { oldImage: read(OldImage) }),
    ...(NewImage && { newImage: read(NewImage) }),
  };
}

function read(map: AttributeMap): NativeMap {
  return sortedDeep(unmarshall(map, exactNumber));
}

function actorOf(
  { userIdentity }: AuditedRecord,
  newImage: NativeMap | undefined,
  path: ActorPath | undefined,
): JsonValue | undefined {
  if (userIdentity !== undefined) return userIdentity.principalId;
  if (path === undefined) return undefined;
  const actor = valueAt(newImage, path.steps);
  return actor === undefined ? undefined : writeValue(actor, path.redaction);
}

function valueAt(image: unknown, steps: readonly Step[]): unknown {
  let value = image;
  for (const step of steps) {
    // Only what the item itself has: `constructor` is an attribute, or nothing.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

/** An entry that does not say which item it is about would be worth nothing, and one that does would show the value. */
function requireShown(keys: NativeMap, redaction: Redaction): void {
  for (const name of Object.keys(keys)) {
    if (redactionAt(redaction, [name]) === undefined) {
      throw invalidOption(
        'auditTrail',
        undefined,
        `${name} is in redact or omit and belongs to the item key, which every entry shows. ` +
          'Take it off there, or leave this table out of the trail.',
      );
    }
  }
}
