import { type Matcher, matcherOf } from './matcher.ts';
import { storedType } from './stored-value.ts';

/**
 * Matches any value, null included. Only {@link missing} matches an attribute that is not there.
 *
 * @example
 * ```ts
 * matches<Order>({ newImage: { paidAt: exists() } });
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: an attribute of any type
export function exists(): Matcher<any> {
  return matcherOf('exists', [], (value) => value !== undefined && storedType(value) !== undefined);
}

/**
 * Matches an attribute that is not there: also below a value that is not a map, and past the end of a list. The value null is there.
 *
 * @example
 * ```ts
 * matches<Order>({ oldImage: { paidAt: missing() } });
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: an attribute of any type
export function missing(): Matcher<any> {
  return matcherOf('missing', [], (value) => value === undefined);
}
