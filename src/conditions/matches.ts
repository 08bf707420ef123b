import { rejectUnknownOptions } from '../options/check-options.ts';
import { invalidOption } from '../options/invalid-option.ts';
import { LazyRecord } from '../record/lazy-record.ts';
import type { AttributeMap } from '../unmarshall/attribute-value.ts';
import { builtIn, type MatchedPart } from './built-in.ts';
import { compileMatch } from './compile-match.ts';
import type { Condition } from './condition.ts';
import { lazyRecord, storedImage } from './stored-image.ts';

const PARTS = ['newImage', 'oldImage', 'keys'] as const;

/**
 * A condition for any event: images or keys of the record match a pattern.
 *
 * @throws ConfigurationError `INVALID_OPTION` or `UNKNOWN_OPTION`
 */
export function matches<R = never>(pattern: {
  readonly newImage?: object;
  readonly oldImage?: object;
  readonly keys?: object;
}): Condition<R> {
  rejectUnknownOptions('matches', pattern, PARTS);
  const parts = PARTS.flatMap((part): MatchedPart[] => {
    const wanted = pattern[part];
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
          lazy.toNumber,
        ),
      );
    },
    { kind: 'matches', parts },
  );
}
