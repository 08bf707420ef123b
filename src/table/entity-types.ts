import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Where } from '../conditions/stored-match.ts';
import type {
  AnyItem,
  EventName,
  InsertRecord,
  ModifyRecord,
  RemoveRecord,
} from '../record/stream-record.ts';
import type { StreamViewType } from '../record/view-type.ts';
import type { EntityTable, KeysOf, StoredItem, Table } from './table.ts';

/** One kind of item of a table: its type or schema, and how its items are recognized. */
export interface EntityOptions {
  /** The item: a Standard Schema (zod, valibot, arktype, ...) that checks images, or `itemOf<Item>()`. */
  readonly item: StandardSchemaV1;
  /** The attributes of an item of this entity as stored, each with a literal or a matcher. */
  readonly match: EntityMatch;
}

/** Attributes of an item, each with a literal or a matcher. Names may be paths. */
export interface EntityMatch {
  readonly [attribute: string]: unknown;
}

/**
 * The `match` of each entity. It may name attributes of its item with values that they can have, and any other attribute.
 */
export type EntityMatches<Entities> = {
  readonly [Name in keyof Entities]: {
    readonly match: Where<StoredItemOf<Entities[Name]>> & EntityMatch;
  };
};

/** The entities of a table, by name. The first one that matches wins. */
export interface EntityMap {
  readonly [name: string]: EntityOptions;
}

/** The item of an entity, as handlers get it. */
type ItemOf<Entity> = Entity extends { readonly item: StandardSchemaV1<infer _Stored, infer Item> }
  ? Item
  : never;

/** The item of an entity, as DynamoDB holds it. */
export type StoredItemOf<Entity> = Entity extends {
  readonly item: StandardSchemaV1<infer Stored, infer Item>;
}
  ? StoredItem<Stored, Item & object>
  : never;

type EntitiesOf<T> = T extends EntityTable<infer Entities, infer _Key, infer _View> ? Entities : never;

/**
 * An item of an entity as written to the table: as declared, with the table's keys and whatever else an item may
 * carry, such as what `match` names.
 */
export type StoredEntityItem<T extends EntityTable, Name extends EntityOf<T>> =
  T extends EntityTable<infer Entities, infer Key, infer _View>
    ? WithOthers<
        StoredItemOf<Entities[Name & keyof Entities]> &
          KeysOf<StoredItemOf<Entities[Name & keyof Entities]>, Key>
      >
    : never;

/** With other attributes or without: a value of an interface has no index signature, and would not fit the first alone. */
type WithOthers<Item> = (Item & { readonly [attribute: string]: unknown }) | Item;

/** The names of a table's entities; undefined for a table without entities. */
export type EntityOf<T> = T extends EntityTable ? keyof EntitiesOf<T> & string : undefined;

/** Checks if an entity can be recognized where the stream carries these images. Keys are always there. */
type Recognizable<Match, Key extends string, View, Event, Yes> = [Exclude<keyof Match, Key>] extends [never]
  ? Yes
  : View extends ViewsWithImage[Event & EventName]
    ? Yes
    : never;

interface ViewsWithImage {
  INSERT: 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES';
  MODIFY: 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
  REMOVE: 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
}

interface RecordsBy<Item, View extends StreamViewType, Keys, Entity, Stored> {
  INSERT: InsertRecord<Item, View, Keys, Entity, Stored>;
  MODIFY: ModifyRecord<Item, View, Keys, Entity, Stored>;
  REMOVE: RemoveRecord<Item, View, Keys, Entity, Stored>;
}

type EntityRecord<
  Entities extends EntityMap,
  Name,
  Key extends string,
  View extends StreamViewType,
  Event,
> = {
  [Entity in Name & keyof Entities & string]: Recognizable<
    Entities[Entity]['match'],
    Key,
    View,
    Event,
    RecordsBy<
      ItemOf<Entities[Entity]>,
      View,
      KeysOf<StoredItemOf<Entities[Entity]>, Key>,
      Entity,
      StoredItemOf<Entities[Entity]>
    >[Event & EventName]
  >;
}[Name & keyof Entities & string];

/**
 * A record of a table: of all its entities or of some, of all events or of some. For conditions and handlers in files of
 * their own.
 *
 * @example
 * ```ts
 * type PaidChange = RecordOf<typeof app, 'order', 'MODIFY'>;
 * const becamePaid = changed<PaidChange>('status', { to: 'PAID' });
 * ```
 */
export type RecordOf<
  T,
  Name extends EntityOf<T> = EntityOf<T>,
  Event extends EventName = EventName,
> = Event extends unknown
  ? T extends EntityTable<infer Entities, infer Key, infer View>
    ? EntityRecord<Entities, Name, Key, View, Event>
    : T extends Table<infer Item, infer Key, infer View, infer Stored>
      ? RecordsBy<Item, View, KeysOf<Stored, Key>, undefined, Stored>[Event]
      : never
  : never;

/** A record that belongs to none of a table's entities. */
export type UnknownEntityRecord<T, Event extends EventName = EventName> = Event extends unknown
  ? T extends EntityTable<infer _Entities, infer Key, infer View>
    ? RecordsBy<AnyItem, View, KeysOf<unknown, Key>, undefined, AnyItem>[Event]
    : never
  : never;
