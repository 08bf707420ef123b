import { ConfigurationError, InvalidRecordError } from '../errors.ts';
import { kindOf, rejectUnknownOptions } from '../options.ts';
import type { AttributeOf } from '../table.ts';
import type { Condition } from './condition.ts';

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
 * Maps, lists, sets and binary are compared by value.
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
  if (typeof attribute !== 'string' || attribute === '') {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `changed: expected the name of an attribute, got ${kindOf(attribute)}.`,
    );
  }
  rejectUnknownOptions('changed', options, ['from', 'to']);
  const hasFrom = Object.hasOwn(options, 'from');
  const hasTo = Object.hasOwn(options, 'to');
  return ({ oldImage, newImage }) => {
    if (oldImage === undefined || newImage === undefined) {
      throw new InvalidRecordError(
        'MISSING_IMAGE',
        'changed() needs both images: use it with onModify, on a stream with NEW_AND_OLD_IMAGES.',
      );
    }
    const before = attributeOf(oldImage, attribute);
    const after = attributeOf(newImage, attribute);
    return (
      !isSame(before, after) &&
      (!hasFrom || isSame(before, options.from)) &&
      (!hasTo || isSame(after, options.to))
    );
  };
}

// An attribute may be called `constructor`; only the item's own ones count.
function attributeOf<Item, Name extends AttributeOf<Item>>(
  item: Item,
  attribute: Name,
): Item[Name] | undefined {
  return Object.hasOwn(item as object, attribute) ? item[attribute] : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  // Most attributes are strings and numbers; the deep comparison costs 30 times as much on those.
  // Importing node:util takes a millisecond of every cold start (bench: footprint), and few conditions need it.
  return a === b || (typeof a === 'object' && process.getBuiltinModule('node:util').isDeepStrictEqual(a, b));
}
