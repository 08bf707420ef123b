import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Check, type Checks, oneOf, TEXT } from '../options/check.ts';
import { rejectUnknownOptions, requireOption } from '../options/check-options.ts';
import { imageChecks, isStandardSchema } from '../record/schema.ts';
import type { AttributeOf } from '../record/stream-record.ts';
import { type StreamViewType, VIEW_TYPES } from '../record/view-type.ts';
import type { StoredItem, Table } from './table.ts';

/** What {@link defineTable} takes. */
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
   * What the stream carries.
   *
   * @defaultValue `'NEW_AND_OLD_IMAGES'`
   */
  readonly viewType?: View;
}
/** A function, so that a bundle without tables has none of it. */
function tableChecks(): Checks {
  return {
    name: { ...TEXT, expected: 'the name of the table' },
    item: { expected: 'a Standard Schema or itemOf<Item>()', accepts: isStandardSchema },
    keys: {
      expected: 'an array of one or two attribute names: partition key, then sort key',
      accepts: isKeyNames,
    },
    viewType: oneOf(VIEW_TYPES),
  };
}

/**
 * Declares a table.
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
 */
export function defineTable<
  Stored,
  Item extends object,
  Key extends AttributeOf<StoredItem<Stored, Item>>,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
  // Key is read from the options alone: where the table is made in place, TypeScript would rather take what
  // streamRouter allows it to be, which is every attribute.
>(options: TableOptions<Item, Key, View, Stored>): Table<Item, NoInfer<Key>, View, StoredItem<Stored, Item>> {
  return tableOf('defineTable', options) as Table<never, never, View, never>;
}

/**
 * Makes a table for `defineTable`, and for others that take the options of one.
 *
 * @param owner for the errors
 * @throws ConfigurationError `INVALID_TABLE` or `UNKNOWN_OPTION`
 */
export function tableOf(
  owner: string,
  options: TableOptions<object, string, StreamViewType, unknown>,
): Table<object, string> {
  const checks = tableChecks();
  rejectUnknownOptions(owner, options, Object.keys(checks));
  const { name, item, keys, viewType = 'NEW_AND_OLD_IMAGES' } = options;
  for (const [option, value] of Object.entries({ name, item, keys, viewType })) {
    requireOption(owner, option, value, checks[option] as Check, { code: 'INVALID_TABLE' });
  }
  const schema = '~item' in item ? undefined : (item as StandardSchemaV1<object, object>);
  return Object.freeze({
    '~table': true as const,
    name,
    keys: Object.freeze([...keys]) as typeof keys,
    viewType,
    schema,
    '~checks': schema && imageChecks(schema),
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
