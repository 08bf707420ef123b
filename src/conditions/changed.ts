import { InvalidRecordError } from '../errors.ts';
import { type Check, TEXT } from '../options/check.ts';
import { rejectUnknownOptions, requireArgument } from '../options/check-options.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import { isSameValue } from '../record/same-value.ts';
import type { ImageName } from '../record/schema.ts';
import type { AttributeOf } from '../record/stream-record.ts';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import type { Condition } from './condition.ts';

const ATTRIBUTE: Check = { ...TEXT, expected: 'the name of an attribute' };

/** Narrows {@link changed} to certain values. */
export interface ChangedOptions<Value> {
  /** Only changes from this value; `undefined`: only where the attribute appeared. */
  readonly from?: Value | undefined;
  /** Only changes to this value; `undefined`: only where the attribute went away. */
  readonly to?: Value | undefined;
}

/** An attribute of the item, and options with values of that attribute. */
export type ChangedArguments<Item> = {
  [Name in AttributeOf<Item>]: [attribute: Name, options?: ChangedOptions<Item[Name]>];
}[AttributeOf<Item>];

/** What a record has to carry for its change to be seen: both images. */
export interface BothImages<Item> {
  readonly newImage: Item;
  readonly oldImage: Item;
}

/**
 * A condition for `onModify`: the attribute has another value than before, or appeared, or went away.
 *
 * It compares what is stored, before a schema's defaults and transforms; `from` and `to` may also be what the schema
 * makes of the stored value. Numbers are compared as decimals of all their
 * digits, whatever the number policy: `to` may be a number, a bigint, the SDK's NumberValue, or what the policy gives.
 * Maps, lists, sets and binary are compared by value; a Buffer equals a Uint8Array.
 *
 * @throws ConfigurationError `INVALID_OPTION` or `UNKNOWN_OPTION`
 * @example
 * ```ts
 * router.onModify(changed('status', { from: 'OPEN', to: 'PAID' }), async ({ newImage }) => {});
 * ```
 */
export function changed<Item>(
  ...[attribute, options = {}]: ChangedArguments<Item>
): Condition<BothImages<Item>> {
  requireArgument('changed', 'attribute', attribute, ATTRIBUTE);
  rejectUnknownOptions('changed', options, ['from', 'to']);
  const hasFrom = Object.hasOwn(options, 'from');
  const hasTo = Object.hasOwn(options, 'to');
  return (record) => {
    const before = attributeOf(record, 'oldImage', attribute);
    const after = attributeOf(record, 'newImage', attribute);
    return (
      !isSameValue(before, after) &&
      (!hasFrom || isValue(record, 'oldImage', attribute, before, options.from)) &&
      (!hasTo || isValue(record, 'newImage', attribute, after, options.to))
    );
  };
}

/** Whether an attribute has a value, as stored or as the table's schema made it: the types show the schema's output. */
function isValue<Item>(
  record: BothImages<Item>,
  image: ImageName,
  attribute: AttributeOf<Item>,
  stored: unknown,
  value: unknown,
): boolean {
  if (isSameValue(stored, value)) return true;
  if (stored === undefined || !(record instanceof LazyRecord) || !record.hasSchema) return false;
  const item = record[image] as Item;
  return Object.hasOwn(item as object, attribute) && isSameValue(item[attribute], value);
}

/** Of a record as the router hands it over, the value that is stored; tests may pass plain images. */
function attributeOf<Item>(record: BothImages<Item>, image: ImageName, name: AttributeOf<Item>): unknown {
  const item = record instanceof LazyRecord ? record.storedImage(image) : record[image];
  if (item === undefined) {
    throw new InvalidRecordError(
      'MISSING_IMAGE',
      'changed() needs both images: use it with onModify, on a stream with NEW_AND_OLD_IMAGES.',
    );
  }
  if (record instanceof LazyRecord) return record.storedAttribute(item as AttributeMap, name);
  // An attribute may be called `constructor`; only the item's own ones count.
  return Object.hasOwn(item as object, name) ? (item as Item)[name] : undefined;
}
