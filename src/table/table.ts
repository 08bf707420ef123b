import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Check } from '../options/check.ts';
import type { RecordOpener } from '../record/lazy-record.ts';
import type { AttributeOf } from '../record/stream-record.ts';
import type { StreamViewType } from '../record/view-type.ts';
import type { EntityMap } from './entity-types.ts';
import type { TableGuard } from './schema-guard.ts';
import type { TableEntities } from './table-entities.ts';

/** The members of every declared table. */
interface TableBase<Key extends string, View extends StreamViewType> {
  readonly '~table': symbol;
  /** The table's name. */
  readonly name: string;
  /** The names of the partition key and of the sort key, if there is one. */
  readonly keys: readonly [Key] | readonly [Key, Key];
  /** The view type of the stream. */
  readonly viewType: View;
  /** Undefined where there is nothing to check. */
  readonly '~guard': TableGuard | undefined;
  /** Opens records that know the table's schema or entities. Undefined where there is neither. */
  readonly '~open': RecordOpener | undefined;
}

/** A table, declared once: it gives item type, keys, view type and validation to all that reads its stream. */
export interface Table<
  Item extends object = object,
  Key extends string = AttributeOf<Item>,
  View extends StreamViewType = StreamViewType,
  Stored extends object = Item,
> extends TableBase<Key, View> {
  /** Undefined when the table was declared with `itemOf`: there is nothing to check. */
  readonly schema: StandardSchemaV1<Stored, Item> | undefined;
  readonly '~entities': undefined;
}

/** A table that holds items of several kinds, its entities. */
export interface EntityTable<
  Entities extends EntityMap = EntityMap,
  Key extends string = string,
  View extends StreamViewType = StreamViewType,
> extends TableBase<Key, View> {
  /** Undefined: each entity has its own schema. */
  readonly schema: undefined;
  readonly '~open': RecordOpener;
  /** Tells which entity a record belongs to. */
  readonly '~entities': TableEntities;
  /** For types alone: no table has this property. */
  readonly '~types'?: Entities;
}

/** Any declared table. */
export type AnyTable = Table<object, string> | EntityTable;

/** The key attributes of a table: typed by the item as stored, where it declares them. */
export type KeysOf<Stored, Key extends string> = {
  [Name in Key]: Name extends keyof Stored ? Stored[Name] : string | number | bigint | Uint8Array;
};

/** The item that DynamoDB holds, where a schema tells it: hand-made schemas say `unknown`. */
export type StoredItem<Stored, Item extends object> = unknown extends Stored ? Item : Extract<Stored, object>;

/** Marks a table. JSON drops it, with the functions that a table needs, and keeps the rest. */
export const MADE_BY_DEFINE_TABLE: unique symbol = Symbol('made by defineTable');

/** Checks if a value was made by `defineTable`. */
export function isTable(value: unknown): value is AnyTable {
  return typeof (value as Partial<AnyTable> | null | undefined)?.['~table'] === 'symbol';
}

/** The check of an argument or option that takes a table. */
export const TABLE: Check = { expected: 'made by defineTable', accepts: isTable };
