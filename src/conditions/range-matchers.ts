import { invalidOption, wrongValue } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import { storedLiteral } from './literal.ts';
import { type Matcher, type MatcherKind, matcherOf } from './matcher.ts';
import { orderOf, type StoredOrder } from './stored-order.ts';

/** The values that have an order with a bound. */
export type Comparable<Bound> = Bound extends number | bigint
  ? number | bigint
  : Bound extends string
    ? string
    : Bound extends Uint8Array
      ? Uint8Array
      : // biome-ignore lint/suspicious/noExplicitAny: a class for numbers, whatever the item's type calls it
        any;

/** Matches values that are greater than `bound`: see {@link atLeast}. */
export function greaterThan<Bound>(bound: Bound): Matcher<Comparable<Bound>> {
  return rangeMatcher('greaterThan', [bound], (order) => order > 0);
}

/**
 * Matches values that equal `bound` or are greater. Numbers compare as decimals of all their digits, text by code point, binary by
 * byte. A value of another type than `bound` does not match.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * router.onModify(changed('total', { to: atLeast(1000) }), async ({ newImage }) => {});
 * ```
 */
export function atLeast<Bound>(bound: Bound): Matcher<Comparable<Bound>> {
  return rangeMatcher('atLeast', [bound], (order) => order >= 0);
}

/** Matches values that are less than `bound`: see {@link atLeast}. */
export function lessThan<Bound>(bound: Bound): Matcher<Comparable<Bound>> {
  return rangeMatcher('lessThan', [bound], (order) => order < 0);
}

/** Matches values that equal `bound` or are less: see {@link atLeast}. */
export function atMost<Bound>(bound: Bound): Matcher<Comparable<Bound>> {
  return rangeMatcher('atMost', [bound], (order) => order <= 0);
}

/**
 * Matches values from `low` to `high`, both included: see {@link atLeast}.
 *
 * @throws ConfigurationError `INVALID_OPTION`, also where `low` is greater than `high`
 */
export function between<Bound>(low: Bound, high: NoInfer<Bound>): Matcher<Comparable<Bound>> {
  const matcher = rangeMatcher<Comparable<Bound>>(
    'between',
    [low, high],
    (toLow, toHigh) => toLow >= 0 && toHigh <= 0,
  );
  if (!matcher['~matcher'].test(storedLiteral(low))) {
    const problem = `needs two values of one type, the smaller one first, got ${shown(low)} and ${shown(high)}.`;
    throw invalidOption('between', undefined, problem);
  }
  return matcher;
}

/** @param test gets how a value compares with the first bound and with the last one */
function rangeMatcher<Value>(
  kind: MatcherKind,
  bounds: readonly unknown[],
  test: (toFirst: number, toLast: number) => boolean,
): Matcher<Value> {
  const toFirst = boundOrder(kind, bounds[0]);
  const toLast = boundOrder(kind, bounds.at(-1));
  return matcherOf(kind, bounds, (value, toNumber) => {
    if (value === undefined) return false;
    const order = toFirst(value, toNumber);
    // undefined is neither less nor greater.
    return order !== undefined && test(order, toLast(value, toNumber) as number);
  });
}

function boundOrder(kind: MatcherKind, bound: unknown): StoredOrder {
  const order = orderOf(storedLiteral(bound));
  if (order !== undefined) return order;
  const problem = wrongValue({ expected: 'a number, text or binary' }, bound);
  throw invalidOption(kind, undefined, `the bound ${problem}`);
}
