import { rejectUnknownOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import { builtIn, type MatchedPart } from './built-in.ts';
import { compileMatch } from './compile-match.ts';
import type { Condition } from './condition.ts';
import { lazyRecord, storedImage } from './stored-image.ts';
import type { Where } from './stored-match.ts';
import type { StoredOf } from './stored-path.ts';

const PARTS = ['newImage', 'oldImage', 'keys'] as const;

/** Patterns for what a record carries. */
export interface MatchesPattern<R> {
  /** The item after the change. */
  readonly newImage?: PatternOf<R, { readonly newImage: unknown }, StoredOf<R>>;
  /** The item before the change. */
  readonly oldImage?: PatternOf<R, { readonly oldImage: unknown }, StoredOf<R>>;
  /** The key attributes. */
  readonly keys?: PatternOf<R, { readonly keys: unknown }, KeysIn<R>>;
}

/** Never where a record, or one of several, does not carry the part. */
type PatternOf<R, Part, Item> = [R] extends [never] ? never : [R] extends [Part] ? Where<Item> : never;

type KeysIn<R> = R extends { readonly keys: infer Keys } ? Keys : never;

/**
 * A condition for any event: the images or keys of the record match patterns. A pattern names attributes or paths, each with a value
 * or a matcher. All of them have to match.
 *
 * It reads the stored values, before a schema's defaults and transforms, and unmarshalls nothing. Used alone it needs a type:
 * `matches<RecordOf<typeof app, 'order', 'MODIFY'>>({ ... })`.
 *
 * @throws ConfigurationError `INVALID_OPTION` or `UNKNOWN_OPTION`
 * @example
 * ```ts
 * router.onInsert(matches({ newImage: { status: 'OPEN', 'lines[0].price': atLeast(100) } }), async ({ newImage }) => {});
 * ```
 */
export function matches<R = never>(pattern: MatchesPattern<R>): Condition<R> {
  rejectUnknownOptions('matches', pattern, PARTS);
  const parts = PARTS.flatMap((part): MatchedPart[] => {
    const wanted: unknown = pattern[part];
    if (wanted === undefined) return [];
    return [{ part, match: compileMatch(wanted, { owner: 'matches', option: part }, () => part === 'keys') }];
  });
  if (parts.length === 0) {
    throw invalidOption('matches', undefined, `needs a pattern for at least one of ${PARTS.join(', ')}.`);
  }
  return builtIn(
    (record: R) => {
      const lazy = lazyRecord('matches', record);
      return parts.every(({ part, match }) =>
        match.test(
          part === 'keys'
            ? (LazyRecord.rawOf(lazy).dynamodb?.Keys as AttributeMap)
            : storedImage('matches', lazy, part),
          lazy.reading.toNumber,
        ),
      );
    },
    { kind: 'matches', parts },
  );
}
