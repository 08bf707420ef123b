import { rejectUnknownOptions, requireArgument, requireOption } from '../options/check-options.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import { stepsOf } from '../unmarshall/path.ts';
import { unreadable } from '../unmarshall/unmarshall.ts';
import { builtIn } from './built-in.ts';
import type { Condition } from './condition.ts';
import { lazyRecord, storedImage } from './stored-image.ts';
import type { AttributePath, StoredOf } from './stored-path.ts';
import { isSameStored, valueAt } from './stored-value.ts';

/** A record that carries enough to recognize an own write: the images of its event. */
export type WriteRecord =
  | { readonly eventName: 'INSERT'; readonly newImage: unknown }
  | { readonly eventName: 'MODIFY'; readonly newImage: unknown; readonly oldImage: unknown }
  | { readonly eventName: 'REMOVE' };

/** The name of an attribute of the stored item. In brackets and quotes it may be undeclared: `["derivedFrom"]`. */
export type StoredAttribute<Item> = [Item] extends [never]
  ? // The record has no such images. The error says so, and none about the attribute stands beside it.
    // biome-ignore lint/suspicious/noExplicitAny: see above
    any
  : Extract<AttributePath<Item>, NamesOf<Item> | `["${string}`>;

type NamesOf<Item> = Item extends unknown ? keyof Item & string : never;

/** Options of {@link ownWrite}. */
export interface OwnWriteOptions<Attribute extends string> {
  /**
   * The attributes that the function writes, beside the marker. A change of any other attribute is then the write of someone else, whatever
   * the marker says.
   *
   * @defaultValue everything
   */
  readonly writes?: readonly Attribute[];
}

/**
 * A condition that recognizes the writes of the function itself, in its own table: each of them changes a marker attribute.
 * Put the `eventID` of the handled record there. It is the same at every redelivery, so that a repeated write changes nothing, and
 * DynamoDB makes no record of it.
 *
 * True if the new image has the marker, with another value than the old image or with none there; false for REMOVE. A later write by
 * others leaves the marker as it was, and is handled. A write that puts back an older copy of the item changes the marker too. It is
 * recognized by `writes`.
 *
 * It reads the stored values and unmarshalls nothing.
 *
 * @param marker the name of the attribute
 * @throws ConfigurationError `INVALID_OPTION` or `UNKNOWN_OPTION`
 * @example
 * ```ts
 * router.onModify(not(ownWrite('derivedFrom', { writes: ['searchText'] })), async ({ eventID, keys, newImage }) => {
 *   await update(keys, { searchText: newImage.name.toLowerCase(), derivedFrom: eventID });
 * });
 * ```
 */
export function ownWrite<R extends WriteRecord>(
  marker: StoredAttribute<StoredOf<R>>,
  options: OwnWriteOptions<StoredAttribute<StoredOf<R>>> = {},
): Condition<R> {
  const name = nameOf(marker);
  requireArgument('ownWrite', 'marker', marker, {
    expected: `the name of an attribute, as in 'derivedFrom' or '["a.b"]'`,
    accepts: () => name !== undefined,
  });
  rejectUnknownOptions('ownWrite', options, ['writes']);
  const { writes } = options;
  if (writes !== undefined) {
    requireOption('ownWrite', 'writes', writes, {
      expected: `an array with names of attributes, as in ['searchText']`,
      accepts: (value) => Array.isArray(value) && value.every((one) => nameOf(one) !== undefined),
    });
  }
  const written = writes && new Set([name, ...writes.map(nameOf)]);
  return builtIn(
    (record: R) => {
      const lazy = lazyRecord('ownWrite', record);
      if (lazy.eventName === 'REMOVE') return false;
      const after = storedImage('ownWrite', lazy, 'newImage');
      const before =
        lazy.eventName === 'INSERT'
          ? (LazyRecord.rawOf(lazy).dynamodb?.Keys as AttributeMap)
          : storedImage('ownWrite', lazy, 'oldImage');
      if (!Object.hasOwn(after, name as string) || isSame(before, after, name as string)) return false;
      return (
        written === undefined ||
        Object.keys({ ...before, ...after }).every(
          (other) => written.has(other) || isSame(before, after, other),
        )
      );
    },
    { kind: 'ownWrite', marker: name as string, writes: written && ([...written] as string[]) },
  );
}

/** The name of an attribute, from the notation of paths. Undefined for other values. */
function nameOf(path: unknown): string | undefined {
  const steps = typeof path === 'string' ? stepsOf(path) : undefined;
  return steps?.length === 1 ? (steps[0] as string) : undefined;
}

function isSame(before: AttributeMap, after: AttributeMap, name: string): boolean {
  try {
    return isSameStored(valueAt(before, [name]), valueAt(after, [name]));
  } catch (thrown) {
    throw unreadable(name, thrown);
  }
}
