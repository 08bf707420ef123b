import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Check, type Checks, oneOf, TEXT } from './options/check.ts';
import { rejectUnknownOptions, requireOption } from './options/check-options.ts';
import { type ImageChecks, imageChecks, isStandardSchema } from './record/schema.ts';
import type { AttributeOf } from './record/stream-record.ts';
import { type StreamViewType, VIEW_TYPES } from './record/view-type.ts';

/** The schema made by {@link itemOf}: a type and no check. */
export interface ItemType<Item> extends StandardSchemaV1<Item, Item> {
  readonly '~item': true;
}

/** A table, declared once: it gives item type, keys, view type and validation to all that reads its stream. */
export interface Table<
  Item extends object = object,
  Key extends AttributeOf<Item> = AttributeOf<Item>,
  View extends StreamViewType = StreamViewType,
> {
  readonly '~table': true;
  readonly name: string;
  readonly keys: readonly [Key] | readonly [Key, Key];
  readonly viewType: View;
  /** Undefined when the table was declared with {@link itemOf}: there is nothing to check. */
  readonly schema: StandardSchemaV1<unknown, Item> | undefined;
  /** The schema made ready. */
  readonly '~checks': ImageChecks | undefined;
}

/** What {@link defineTable} takes. */
export interface TableOptions<
  Item extends object,
  Key extends AttributeOf<Item>,
  View extends StreamViewType,
> {
  /** The table's name, as in DynamoDB. */
  readonly name: string;
  /** The item: a Standard Schema (zod, valibot, arktype, ...) that checks images, or `itemOf<Item>()`. */
  readonly item: StandardSchemaV1<unknown, Item>;
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
  Item extends object,
  Key extends AttributeOf<Item>,
  View extends StreamViewType = 'NEW_AND_OLD_IMAGES',
  // Key is read from the options alone: where the table is made in place, TypeScript would rather take what
  // streamRouter allows it to be, which is every attribute.
>(options: TableOptions<Item, Key, View>): Table<Item, NoInfer<Key>, View> {
  return tableOf('defineTable', options);
}

/**
 * Makes a table for `defineTable`, and for others that take the options of one.
 *
 * @param owner for the errors
 * @throws ConfigurationError `INVALID_TABLE` or `UNKNOWN_OPTION`
 */
export function tableOf<Item extends object, Key extends AttributeOf<Item>, View extends StreamViewType>(
  owner: string,
  options: TableOptions<Item, Key, View>,
): Table<Item, NoInfer<Key>, View> {
  const checks = tableChecks();
  rejectUnknownOptions(owner, options, Object.keys(checks));
  const { name, item, keys, viewType = 'NEW_AND_OLD_IMAGES' } = options;
  for (const [option, value] of Object.entries({ name, item, keys, viewType })) {
    requireOption(owner, option, value, checks[option] as Check, { code: 'INVALID_TABLE' });
  }
  const schema = '~item' in item ? undefined : item;
  return Object.freeze({
    '~table': true as const,
    name,
    keys: Object.freeze([...keys]) as unknown as typeof keys,
    viewType: viewType as View,
    schema,
    '~checks': schema && imageChecks(schema),
  });
}

/**
 * Declares the item of a table by its type alone. Images are unmarshalled and not checked.
 *
 * @example
 * ```ts
 * defineTable({ name: 'Invoices', item: itemOf<Invoice>(), keys: ['customerId', 'invoiceId'] });
 * ```
 */
export function itemOf<Item extends object>(): ItemType<Item> {
  return {
    '~item': true,
    '~standard': { version: 1, vendor: 'streamlane', validate: (value) => ({ value: value as Item }) },
  };
}

/** Whether a value was made by {@link defineTable}. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && '~table' in value;
}

/** The check of an argument or option that takes a table. */
export const TABLE: Check = { expected: 'made by defineTable', accepts: isTable };

function isKeyNames(keys: unknown): boolean {
  return (
    Array.isArray(keys) &&
    (keys.length === 1 || keys.length === 2) &&
    new Set(keys).size === keys.length &&
    keys.every(TEXT.accepts)
  );
}
