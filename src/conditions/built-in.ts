import type { LazyRecord } from '../record/lazy-record.ts';
import type { CompiledMatch, MatchedPath } from './compile-match.ts';
import type { Condition } from './condition.ts';
import type { MatcherData } from './matcher.ts';
import type { PatternWarning } from './pattern-warnings.ts';

/** A built-in condition as data. */
export type ConditionData =
  | {
      readonly kind: 'all' | 'any' | 'not';
      readonly conditions: readonly Condition<never>[];
      readonly warnings: readonly PatternWarning[];
    }
  | {
      readonly kind: 'changed';
      readonly paths: readonly MatchedPath[];
      readonly from: MatcherData | undefined;
      readonly to: MatcherData | undefined;
    }
  | {
      readonly kind: 'eventPattern';
      /** As JSON. */
      readonly pattern: string;
      readonly warnings: readonly PatternWarning[];
    }
  | { readonly kind: 'expired' }
  | { readonly kind: 'matches'; readonly parts: readonly MatchedPart[] }
  | {
      readonly kind: 'ownWrite';
      readonly marker: string;
      /** The marker and all else that is written; undefined: everything. */
      readonly writes: readonly string[] | undefined;
    };

/** A part of the record that `matches` reads. */
export interface MatchedPart {
  readonly part: 'keys' | 'newImage' | 'oldImage';
  readonly match: CompiledMatch;
}

/** Asks a condition without running code of users: undefined where that does not decide it. */
type Decide = (record: LazyRecord) => boolean | undefined;

interface BuiltIn {
  readonly '~condition': ConditionData & { readonly decide: Decide };
}

/** Marks a condition as built in. */
export function builtIn<R>(
  condition: (record: R) => boolean,
  data: ConditionData,
  decide?: Decide,
): Condition<R> {
  // Not enumerable: a function around the condition that took its properties would be another condition.
  return Object.defineProperty(condition, '~condition', { value: { ...data, decide: decide ?? condition } });
}

/** The data of a built-in condition; undefined for a predicate of users. */
export function conditionData(condition: unknown): ConditionData | undefined {
  return (condition as Partial<BuiltIn> | undefined)?.['~condition'];
}

/**
 * Asks the built-in parts of a condition, without running code of users.
 *
 * @returns undefined where they do not decide
 * @throws UnmarshallError, InvalidRecordError `MISSING_IMAGE`
 */
export function decide(condition: unknown, record: LazyRecord): boolean | undefined {
  return (condition as Partial<BuiltIn>)['~condition']?.decide(record);
}

/**
 * Checks if a route may take a record: false only where the built-in parts of its condition say no. No code of users runs.
 *
 * @param condition undefined for a route without one
 * @throws UnmarshallError, InvalidRecordError `MISSING_IMAGE`
 */
export function mayHold(condition: unknown, record: LazyRecord): boolean {
  return condition === undefined || decide(condition, record) !== false;
}

/** Decides `all` (which one `false` decides) or `any` (which one `true` decides). */
export function decideEach(
  conditions: readonly unknown[],
  record: LazyRecord,
  decisive: boolean,
): boolean | undefined {
  let verdict: boolean | undefined = !decisive;
  for (const condition of conditions) {
    const one = decide(condition, record);
    if (one === decisive) return decisive;
    if (one === undefined) verdict = undefined;
  }
  return verdict;
}

/** The warnings that a router logs when it gets the condition. */
export function warningsOf(condition: unknown): readonly PatternWarning[] {
  const data = conditionData(condition);
  return data && 'warnings' in data ? data.warnings : [];
}
