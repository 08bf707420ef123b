import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Check, type Checks, oneOf, TEXT } from '../options/check.ts';
import { rejectUnknownOptions, requireOption } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { imageChecks, isStandardSchema } from '../record/schema.ts';
import type { AttributeOf } from '../record/stream-record.ts';
import { tableRecords } from '../record/table-records.ts';
import { type StreamViewType, VIEW_TYPES } from '../record/view-type.ts';
import type { EntityMap, EntityMatches } from './entity-types.ts';
import { recordEntities } from './record-entities.ts';
import { schemaGuard } from './schema-guard.ts';
import {
  type AnyTable,
  type EntityTable,
  MADE_BY_DEFINE_TABLE,
  type StoredItem,
  type Table,
} from './table.ts';

/** The options of {@link defineTable}. */
export interface TableOptions<
  Item extends object,
  Key extends string,
  View extends StreamViewType,
  Stored = Item,
> {
  /** The table's name, as in DynamoDB. */
  readonly name: string;
  /** The item: a Standard Schema (zod, valibot, arktype, ...) that checks images, or `itemOf<Item>()`. */
  readonly item: StandardSchemaV1<Stored, Item>;
  /** The attributes of the item's key: partition key, then sort key if there is one. */
  readonly keys: readonly [Key] | readonly [Key, Key];
  /**
   * The view type of the stream: the images that it carries.
   *
   * @defaultValue `'NEW_AND_OLD_IMAGES'`
   */
  readonly viewType?: View;
}
/** The options of {@link defineTable} for a table that holds items of several kinds. */
export interface EntityTableOptions<
  Entities extends EntityMap,
  Key extends string,
  View extends StreamViewType,
> extends Pick<TableOptions<object, Key, View>, 'name' | 'keys' | 'viewType'> {
  /**
   * The entities, by name: their items and how these are recognized. They are tried in this order, and the first one that
   * matches wins.
   */
  readonly entities: Entities & EntityMatches<Entities>;
}

/** A function, so that a bundle without tables has none of it. */
function tableChecks(): Checks {
  return {
    name: { ...TEXT, expected: 'the name of the table' },
    keys: {
      expected: 'an array of one or two attribute names: partition key, then sort key',
      accepts: isKeyNames,
    },
    viewType: oneOf(VIEW_TYPES),
    item: { expected: 'a Standard Schema or itemOf<Item>()', accepts: isStandardSchema },
  };
}

/**
 * Declares a table: of one kind of item, or of several, its entities.
 *
 * @throws ConfigurationError `INVALID_TABLE` or `UNKNOWN_OPTION`
 * @example
 * ```ts
 * export const invoices = defineTable({
 *   name: 'Invoices',
 *   item: itemOf<Invoice>(),
 *   keys: ['customerId', 'invoiceId'],
 * });
 * ```
 * @example
 * ```ts
 * export const app = defineTable({
 *   name: 'App',
 *   keys: ['pk', 'sk'],
 *   entities: {
 *     line: { item: itemOf<Line>(), match: { sk: wildcard('ORDER#*#LINE#*') } },
 *     order: { item: itemOf<Order>(), match: { sk: prefix('ORDER#') } },
 *   },
 * });
 * ```
 */
export function defineTable<
  Stored,
  Item extends object,
  Key extends AttributeOf<StoredItem<Stored, Item>>,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
  // Key is read from the options alone: where the table is made in place, TypeScript would rather take what
  // streamRouter allows it to be, which is every attribute.
>(options: TableOptions<Item, Key, View, Stored>): Table<Item, NoInfer<Key>, View, StoredItem<Stored, Item>>;
export function defineTable<
  const Entities extends EntityMap,
  const Key extends string,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
>(options: EntityTableOptions<Entities, Key, View>): EntityTable<Entities, Key, View>;
export function defineTable(options: AnyTableOptions): AnyTable {
  return tableOf('defineTable', options);
}

type AnyTableOptions =
  | TableOptions<object, string, StreamViewType, unknown>
  | EntityTableOptions<EntityMap, string, StreamViewType>;

/**
 * Makes a table for `defineTable`, and for others that take the options of one.
 *
 * @param owner for the errors
 * @throws ConfigurationError `INVALID_TABLE` or `UNKNOWN_OPTION`
 */
export function tableOf(owner: string, options: AnyTableOptions): AnyTable {
  const checks = tableChecks();
  rejectUnknownOptions(owner, options, [...Object.keys(checks), 'entities']);
  const { name, keys, viewType = 'NEW_AND_OLD_IMAGES' } = options;
  const require = (option: string, value: unknown): void =>
    requireOption(owner, option, value, checks[option] as Check, { code: 'INVALID_TABLE' });
  require('name', name);
  require('keys', keys);
  require('viewType', viewType);
  const table = {
    '~table': MADE_BY_DEFINE_TABLE,
    name,
    keys: Object.freeze([...keys]) as typeof keys,
    viewType,
  } as const;
  if ('entities' in options) {
    if ('item' in options) {
      throw invalidOption(owner, 'entities', 'and item exclude each other: each entity has an item.', {
        code: 'INVALID_TABLE',
      });
    }
    const entities = recordEntities(owner, options.entities, table);
    return Object.freeze({
      ...table,
      schema: undefined,
      '~guard': entities.guard,
      '~open': tableRecords({ entities }),
      '~entities': entities,
    });
  }
  const { item } = options;
  require('item', item);
  const schema = '~item' in item ? undefined : (item as StandardSchemaV1<object, object>);
  return Object.freeze({
    ...table,
    schema,
    '~guard': schema && schemaGuard,
    '~open': schema && tableRecords({ checks: imageChecks(schema) }),
    '~entities': undefined,
  });
}

function isKeyNames(keys: unknown): boolean {
  return (
    Array.isArray(keys) &&
    (keys.length === 1 || keys.length === 2) &&
    new Set(keys).size === keys.length &&
    keys.every(TEXT.accepts)
  );
}
