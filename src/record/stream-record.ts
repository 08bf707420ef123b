import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamViewType } from './view-type.ts';

/** An item of which nothing is declared. */
// biome-ignore lint/suspicious/noExplicitAny: undeclared attributes can be anything, and are read without a cast
export type AnyItem = { [attribute: string]: any };

/** The name of an attribute of an item. */
export type AttributeOf<Item> = keyof Item & string;

/** The kind of a change. */
export type EventName = 'INSERT' | 'MODIFY' | 'REMOVE';

/** Who made the change, where that was not an ordinary write. */
export interface UserIdentity {
  /** The principal's type, as in `Service`. */
  readonly type: string;
  /** The principal's id: `dynamodb.amazonaws.com` for a delete by Time to Live. */
  readonly principalId: string;
}

/**
 * The members that all records have, for any event and view type.
 *
 * `Stored` is the item as DynamoDB holds it, before a schema changes it: conditions read that.
 */
export interface RecordBase<Name extends EventName, Keys, Entity = string | undefined, Stored = unknown> {
  /** The kind of the change. */
  readonly eventName: Name;
  /**
   * The name of the entity, for a table that declares entities. Undefined for a record that belongs to none of them, and
   * for other tables.
   */
  readonly entity: Entity;
  /** Identifies the record: 32 hexadecimal digits. The same at every redelivery. */
  readonly eventID: string;
  /** Position in the shard: a whole number of up to 40 digits. Compare with care, as text it does not sort. */
  readonly sequenceNumber: string;
  /** The table's name, read from the stream's ARN; empty when the ARN names none. */
  readonly tableName: string;
  /**
   * When the change was made; an Invalid Date when the record does not say. Lambda sends whole seconds. Fractions are
   * kept, to the millisecond, and text is read: seconds or ISO 8601.
   *
   * @throws InvalidRecordError `INVALID_CREATION_TIME` when read, for anything else
   */
  readonly approximateCreationDateTime: Date;
  /** The view type of the stream, from the record. */
  readonly streamViewType: StreamViewType | undefined;
  /** Set for deletes by Time to Live, absent for ordinary writes. */
  readonly userIdentity: UserIdentity | undefined;
  /** True if Time to Live deleted the item. Only in the Region that deleted it: replicas see an ordinary delete. */
  readonly expired: boolean;
  /** The item's key attributes, unmarshalled on first read. */
  readonly keys: Readonly<Keys>;
  /**
   * The record as Lambda sent it: a frozen copy, made when it is first read. Not shown when the record is logged, as
   * nothing of the item is.
   */
  readonly raw: DynamoDBRecord;
  /** For types alone. No record has this property. */
  readonly '~stored'?: Stored;
}

type WithNewImage<Item, View> = View extends 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES'
  ? {
      /** The item after the change, unmarshalled on first read. Each route and attempt gets one of its own. */
      readonly newImage: Item;
    }
  : unknown;

type WithOldImage<Item, View> = View extends 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'
  ? {
      /** The item before the change, unmarshalled on first read. Each route and attempt gets one of its own. */
      readonly oldImage: Item;
    }
  : unknown;

/** An item was created. `newImage` with `NEW_IMAGE` and `NEW_AND_OLD_IMAGES`. */
export type InsertRecord<
  Item,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
  Keys = Partial<Item>,
  Entity = undefined,
  Stored = Item,
> = RecordBase<'INSERT', Keys, Entity, Stored> & WithNewImage<Item, View>;

/** An item was changed. `newImage`, `oldImage` or both, as the view type says. */
export type ModifyRecord<
  Item,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
  Keys = Partial<Item>,
  Entity = undefined,
  Stored = Item,
> = RecordBase<'MODIFY', Keys, Entity, Stored> & WithNewImage<Item, View> & WithOldImage<Item, View>;

/** An item was deleted. `oldImage` with `OLD_IMAGE` and `NEW_AND_OLD_IMAGES`. */
export type RemoveRecord<
  Item,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
  Keys = Partial<Item>,
  Entity = undefined,
  Stored = Item,
> = RecordBase<'REMOVE', Keys, Entity, Stored> & WithOldImage<Item, View>;

/** Any record: branch on `eventName` to read the images. */
export type StreamRecord<
  Item,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
  Keys = Partial<Item>,
  Entity = undefined,
  Stored = Item,
> =
  | InsertRecord<Item, View, Keys, Entity, Stored>
  | ModifyRecord<Item, View, Keys, Entity, Stored>
  | RemoveRecord<Item, View, Keys, Entity, Stored>;
