import type { Check } from '../options/check.ts';
import { requireArgument } from '../options/check-options.ts';
import { type Matcher, type MatcherKind, matcherOf } from './matcher.ts';
import { contentOf } from './stored-value.ts';
import { wildcardTest } from './wildcard.ts';

const TEXT: Check = { expected: 'text', accepts: (value) => typeof value === 'string' };

/**
 * Matches text that begins with `start`.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 * @example
 * ```ts
 * matches<Order>({ keys: { sk: prefix('ORDER#') } });
 * ```
 */
export function prefix(start: string): Matcher<string> {
  return textMatcher('prefix', start, (text) => text.startsWith(start));
}

/**
 * Matches text that ends with `end`.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function suffix(end: string): Matcher<string> {
  return textMatcher('suffix', end, (text) => text.endsWith(end));
}

/**
 * Matches a text in capitals or not. Only the letters A to Z have both forms here.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function equalsIgnoreCase(expected: string): Matcher<string> {
  const lower = asciiLower(expected);
  return textMatcher('equalsIgnoreCase', expected, (text) => asciiLower(text) === lower);
}

/**
 * Matches text by a wildcard: `*` stands for any text, `\*` for an asterisk, `\\` for a backslash. Takes time in proportion to the
 * text.
 *
 * @throws ConfigurationError `INVALID_OPTION`, for `**` as well
 * @example
 * ```ts
 * matches<Line>({ keys: { sk: wildcard('ORDER#*#LINE#*') } });
 * ```
 */
export function wildcard(pattern: string): Matcher<string> {
  const test = typeof pattern === 'string' ? wildcardTest(pattern) : undefined;
  requireArgument('wildcard', 'pattern', pattern, {
    expected: 'text in which no two * follow each other and \\ stands before * or \\ only',
    accepts: () => test !== undefined,
  });
  return textMatcher('wildcard', pattern, test as (text: string) => boolean);
}

function textMatcher(kind: MatcherKind, operand: string, test: (text: string) => boolean): Matcher<string> {
  requireArgument(kind, 'text', operand, TEXT);
  return matcherOf(kind, [operand], (value) => {
    const text = contentOf(value, 'S');
    return text !== undefined && test(text);
  });
}

function asciiLower(text: string): string {
  return String(text).replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
