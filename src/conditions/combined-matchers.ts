import type { AttributeValue } from 'aws-lambda';
import { invalidOption } from '../options/invalid-option.ts';
import { valueMatcher } from './compile-match.ts';
import type { Test } from './literal.ts';
import { type Matcher, type MatcherKind, matcherOf } from './matcher.ts';
import { storedType } from './stored-value.ts';

// biome-ignore lint/suspicious/noExplicitAny: any matcher
type Tested<Alternative> = Alternative extends Matcher<infer Value, any, any> ? Value : never;
/** Values are of their own type already: without a matcher, there is nothing more to test. */
// biome-ignore lint/suspicious/noExplicitAny: nothing is asked
type TestedOf<Alternative> = [Tested<Alternative>] extends [never] ? any : Tested<Alternative>;
// biome-ignore lint/suspicious/noExplicitAny: any matcher
type LiteralIn<Alternative> = Alternative extends Matcher<any, infer Value, any> ? Value : Alternative;
// biome-ignore lint/suspicious/noExplicitAny: any matcher
type ElementIn<Alternative> = Alternative extends Matcher<any, any, infer Value> ? Value : never;

/** The matcher that values and other matchers are combined to. */
export type Combined<Alternatives extends readonly unknown[]> = Matcher<
  TestedOf<Alternatives[number]>,
  LiteralIn<Alternatives[number]>,
  ElementIn<Alternatives[number]>
>;

/**
 * Matches what one of the values equals, or one of the matchers matches.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * router.onModify(changed('status', { to: oneOf('PAID', 'VOID') }), async (record) => {});
 * ```
 */
export function oneOf<const Alternatives extends readonly unknown[]>(
  ...alternatives: Alternatives
): Combined<Alternatives> {
  const tests = testsOf('oneOf', alternatives);
  return matcherOf('oneOf', alternatives, (value, toNumber) => tests.some((test) => test(value, toNumber)));
}

/**
 * Matches every other value: those that none of the values equals and none of the matchers matches. A value of another type matches,
 * and a missing attribute does not.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * matches<Order>({ newImage: { status: anythingBut('DRAFT', 'VOID') } });
 * ```
 */
export function anythingBut<const Alternatives extends readonly unknown[]>(
  ...alternatives: Alternatives
): Combined<Alternatives> {
  const tests = testsOf('anythingBut', alternatives);
  return matcherOf(
    'anythingBut',
    alternatives,
    (value, toNumber) => value !== undefined && !tests.some((test) => test(value, toNumber)),
  );
}

/**
 * Matches a list or set in which one element is equal to the value, or matches the matcher.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * matches<Order>({ newImage: { tags: contains('urgent'), lines: contains({ sku: 'A-1' }) } });
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: the element says of what the list or set has to be
export function contains<const Element>(element: Element): Matcher<any, never, Element> {
  const { test } = valueMatcher(element, { owner: 'contains' });
  return matcherOf('contains', [element], (value, toNumber) =>
    elementsOf(value).some((one) => test(one, toNumber)),
  );
}

/** The elements of a list or set as values; of other values there are none. */
function elementsOf(value: AttributeValue | undefined): readonly AttributeValue[] {
  if (value === undefined) return [];
  const type = storedType(value);
  if (type === 'L') return value.L as AttributeValue[];
  if (type === 'SS' || type === 'NS' || type === 'BS') {
    return (value[type] as string[]).map((text) => ({ [type.charAt(0) as 'S']: text }));
  }
  return [];
}

function testsOf(kind: MatcherKind, alternatives: readonly unknown[]): readonly Test[] {
  if (alternatives.length === 0) throw invalidOption(kind, undefined, 'needs at least one value or matcher.');
  if (alternatives.length === 1 && Array.isArray(alternatives[0])) {
    throw invalidOption(
      kind,
      undefined,
      `got an array. Give the values one by one, as in ${kind}('a', 'b').`,
    );
  }
  return alternatives.map((alternative) => valueMatcher(alternative, { owner: kind }).test);
}
