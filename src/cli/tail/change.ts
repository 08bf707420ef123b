import type { DynamoDBRecord } from 'aws-lambda';
import { sortedDeep } from '../../item/sorted-entries.ts';
import { type Change, type ChangedRecord, changes } from '../../record/changes.ts';
import { creationDateOf } from '../../record/creation-time.ts';
import { tableNameOf } from '../../record/stream-arn.ts';
import type { EventName } from '../../record/stream-record.ts';
import { isExpired } from '../../record/time-to-live.ts';
import type { AttributeMap } from '../../unmarshall/attribute-value.ts';
import { unmarshall } from '../../unmarshall/unmarshall.ts';
import { exactNumber } from '../terminal/exact-numbers.ts';

/** A change of a table, ready to be shown. */
export interface TailedChange {
  readonly eventName: EventName;
  readonly table: string;
  readonly keys: object;
  /** Undefined where the event or the stream's view type has none. */
  readonly oldImage: object | undefined;
  readonly newImage: object | undefined;
  /** The differences between the images; undefined if the stream does not carry both images. */
  readonly changes: readonly Change[] | undefined;
  /** Time to Live deleted the item. */
  readonly expired: boolean;
  /** When, to the second. */
  readonly at: Date;
  readonly eventID: string | undefined;
  readonly sequenceNumber: string | undefined;
}

/**
 * Reads a record.
 *
 * @param keyNames partition key first: records name the keys in any order
 */
export function changeOf(record: DynamoDBRecord, keyNames: readonly string[]): TailedChange {
  const { dynamodb = {}, eventID, eventSourceARN } = record;
  const eventName = record.eventName as EventName;
  const oldImage = imageOf(dynamodb.OldImage);
  const newImage = imageOf(dynamodb.NewImage);
  const keys: Readonly<Record<string, unknown>> = unmarshall(dynamodb.Keys as AttributeMap, exactNumber);
  const isComplete =
    (eventName === 'INSERT' || oldImage !== undefined) && (eventName === 'REMOVE' || newImage !== undefined);
  return {
    eventName,
    table: tableNameOf(eventSourceARN),
    keys: Object.fromEntries(keyNames.map((name) => [name, keys[name]])),
    oldImage,
    newImage,
    changes: isComplete
      ? changes({ eventName, oldImage, newImage } as ChangedRecord).toSorted(byPath)
      : undefined,
    expired: isExpired(record),
    at: creationDateOf(dynamodb),
    eventID,
    sequenceNumber: dynamodb.SequenceNumber,
  };
}

function imageOf(image: AttributeMap | undefined): Readonly<Record<string, unknown>> | undefined {
  return image && (sortedDeep(unmarshall(image, exactNumber)) as Record<string, unknown>);
}

// `lines[2]` comes before `lines[10]`.
function byPath(a: Change, b: Change): number {
  return a.path.localeCompare(b.path, 'en', { numeric: true });
}
