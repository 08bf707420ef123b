import type { ConfigurationErrorCode } from '../errors.ts';
import type { Test } from './literal.ts';

/** A matcher as data, with its test. */
export interface MatcherData {
  /** The kind of the matcher. */
  readonly kind: MatcherKind;
  /** As given: values and matchers; of `map` the entries of the pattern. */
  readonly operands: readonly unknown[];
  /** Returns true if a stored value matches. */
  readonly test: Test;
}

/** The name of the function that makes the matcher; `equals` for a literal, `map` for a nested pattern. */
export type MatcherKind =
  | 'anythingBut'
  | 'atLeast'
  | 'atMost'
  | 'between'
  | 'contains'
  | 'equals'
  | 'equalsIgnoreCase'
  | 'exists'
  | 'greaterThan'
  | 'lessThan'
  | 'map'
  | 'missing'
  | 'oneOf'
  | 'prefix'
  | 'suffix'
  | 'wildcard';

/**
 * Tests a stored value, as in `prefix('ORDER#')`. It stands in the place of a value in `matches`, in `from` and `to`
 * of `changed`, and in the `match` of an entity.
 *
 * @typeParam Tested values that it can test: text for `prefix`
 * @typeParam Literal the values that it lists, as `oneOf('OPEN', 'PAID')` does
 * @typeParam Element the pattern of an element, as `contains({ sku: 'A-1' })` does
 */
export interface Matcher<Tested, Literal = never, Element = never> {
  readonly '~matcher': MatcherData;
  /** For types alone. No matcher has this property. */
  readonly '~types'?: MatcherTypes<(value: Tested) => void, Literal, Element>;
}

/** The types that TypeScript knows of a matcher. */
export interface MatcherTypes<Tests, Literal, Element> {
  /** Takes the values that the matcher can test. */
  readonly tests: Tests;
  /** The values that the matcher names. */
  readonly literal: Literal;
  /** The pattern of an element. */
  readonly element: Element;
}

/** Makes a matcher. */
export function matcherOf(
  kind: MatcherKind,
  operands: readonly unknown[],
  test: Test,
): { readonly '~matcher': MatcherData } {
  return Object.freeze({ '~matcher': Object.freeze({ kind, operands: Object.freeze(operands), test }) });
}

/** Checks if a value was made by one of the matcher functions. */
export function isMatcher(value: unknown): value is { readonly '~matcher': MatcherData } {
  return typeof value === 'object' && value !== null && '~matcher' in value;
}

/** Where a pattern stands: for errors. */
export interface Place {
  /** The function that got it, as in `matches`. */
  readonly owner: string;
  /** As in `newImage`; absent for an argument. */
  readonly option?: string;
  /** @defaultValue `'INVALID_OPTION'` */
  readonly code?: ConfigurationErrorCode;
}
