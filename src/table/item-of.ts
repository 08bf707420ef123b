import type { StandardSchemaV1 } from '@standard-schema/spec';

/** The schema made by {@link itemOf}: a type and no check. */
export interface ItemType<Item> extends StandardSchemaV1<Item, Item> {
  readonly '~item': true;
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
