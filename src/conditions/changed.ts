import { rejectUnknownOptions } from '../options/check-options.ts';
import { unreadable } from '../unmarshall/unmarshall.ts';
import { builtIn } from './built-in.ts';
import { type MatchedPath, matchedPath, valueMatcher } from './compile-match.ts';
import type { Condition } from './condition.ts';
import type { MatcherData } from './matcher.ts';
import { lazyRecord, storedImage } from './stored-image.ts';
import type { Match } from './stored-match.ts';
import type { AttributePath, StoredOf, ValueAt } from './stored-path.ts';
import { isSameStored, valueAt } from './stored-value.ts';

const OWNER = 'changed';

/** Narrows {@link changed} to certain values. */
export interface ChangedOptions<Value> {
  /** Only changes from such a value; `undefined` or `missing()`: only where the attribute appeared. */
  readonly from?: Match<Value> | undefined;
  /** Only changes to such a value; `undefined` or `missing()`: only where the attribute went away. */
  readonly to?: Match<Value> | undefined;
}

/** A path of the item, or several, and options with values of that path. */
export type ChangedArguments<Item> = [Item] extends [never]
  ? // The record has no such images. The error says so, and none about the path stands beside it.
    // biome-ignore lint/suspicious/noExplicitAny: see above
    any
  : PathArguments<Item, AttributePath<Item>> | [paths: readonly AttributePath<Item>[], options?: AnyOptions];

// biome-ignore lint/suspicious/noExplicitAny: several paths have values of several types
type AnyOptions = ChangedOptions<any>;

/** For each path a list of its own, so that TypeScript checks the options by the path. */
type PathArguments<Item, Path extends string> = Path extends unknown
  ? [path: Path, options?: ChangedOptions<ValueAt<Item, Path>>]
  : never;

/** A record with both images. A change is visible only in such a record. */
export interface BothImages {
  /** The item after the change. */
  readonly newImage: unknown;
  /** The item before the change. */
  readonly oldImage: unknown;
}

/**
 * A condition for `onModify`: the attribute has another value than before, or appeared, or went away.
 *
 * It compares the stored values, before a schema's defaults and transforms, and unmarshalls nothing. Numbers are compared as decimals of
 * all their digits, whatever the number policy: `to` may be a number, a bigint, the SDK's NumberValue, or the type that the policy gives.
 * Lists, sets and binary are compared by value; a Buffer equals a Uint8Array.
 *
 * @throws ConfigurationError `INVALID_OPTION` or `UNKNOWN_OPTION`
 * @example
 * ```ts
 * router.onModify(changed('status', { from: 'OPEN', to: 'PAID' }), async ({ newImage }) => {});
 * ```
 */
export function changed<R extends BothImages>(
  ...[path, options = {}]: ChangedArguments<StoredOf<R>>
): Condition<R> {
  const paths = pathsOf(path);
  rejectUnknownOptions(OWNER, options, ['from', 'to']);
  const from = sideOf(options, 'from');
  const to = sideOf(options, 'to');
  return builtIn(
    (record: R) => {
      const lazy = lazyRecord(OWNER, record);
      const before = storedImage(OWNER, lazy, 'oldImage');
      const after = storedImage(OWNER, lazy, 'newImage');
      const { toNumber } = lazy.reading;
      // Not `some`, whose closure each record pays for (bench: router/decisions).
      for (const { path, steps } of paths) {
        try {
          const was = valueAt(before, steps);
          const is = valueAt(after, steps);
          if (isSameStored(was, is)) continue;
          if (from !== undefined && !from.test(was, toNumber)) continue;
          if (to === undefined || to.test(is, toNumber)) return true;
        } catch (thrown) {
          throw unreadable(path, thrown);
        }
      }
      return false;
    },
    { kind: 'changed', paths, from, to },
  );
}

function pathsOf(given: unknown): readonly MatchedPath[] {
  const texts: readonly unknown[] = Array.isArray(given) && given.length > 0 ? given : [given];
  return texts.map((text) => matchedPath(text, { owner: OWNER }));
}

/** Reads the matcher or value of `from` or `to`. */
function sideOf(options: object, option: 'from' | 'to'): MatcherData | undefined {
  if (!Object.hasOwn(options, option)) return undefined;
  const value: unknown = (options as ChangedOptions<unknown>)[option];
  return value === undefined
    ? { kind: 'missing', operands: [], test: (stored) => stored === undefined }
    : valueMatcher(value, { owner: OWNER, option });
}
