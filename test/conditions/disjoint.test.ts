import type { AttributeValue } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { compileMatch } from '../../src/conditions/compile-match.ts';
import { disjoint } from '../../src/conditions/disjoint.ts';
import { anythingBut, atLeast, between, exists, lessThan, oneOf, prefix, suffix } from '../../src/index.ts';
import type { ToNumber } from '../../src/unmarshall/numbers.ts';

const compile = (value: unknown) => compileMatch({ sk: value }, { owner: 'defineTable' });

const PATTERNS = [
  ...['', 'A', 'AB', '5', '5.0', 5, 7],
  ...[prefix('A'), prefix('AB'), prefix('B'), prefix('5'), suffix('B'), exists()],
  ...[oneOf('A', '5'), oneOf(5, 'B'), anythingBut('A'), anythingBut(5)],
  ...[atLeast(5), atLeast('5'), lessThan(7), between(5, 5)],
];
const VALUES: readonly AttributeValue[] = [
  ...['', 'A', 'AB', 'B', 'BA', '5', '5.0', '7'].map((text) => ({ S: text })),
  // As DynamoDB writes numbers: never 5.0.
  ...['5', '7', '-1'].map((text) => ({ N: text })),
];
const POLICIES: readonly ToNumber[] = [Number, (text) => text];

describe('two matches that are disjoint', () => {
  const pairs = PATTERNS.flatMap((a) => PATTERNS.map((b) => [compile(a), compile(b)] as const));

  test('have no value in common, whatever the number policy', () => {
    const common = pairs.filter(
      ([a, b]) =>
        disjoint(a.entries, b.entries) &&
        VALUES.some((sk) => POLICIES.some((policy) => a.test({ sk }, policy) && b.test({ sk }, policy))),
    );
    expect(common).toEqual([]);
  });

  test.each([
    ['two literals', 'A', 'B'],
    ['a number and text of another number', 5, '7'],
    ['a literal and a prefix that it does not have', 'B', prefix('A')],
    ['two prefixes', prefix('A'), prefix('B')],
  ])('are %s', (_, a, b) => {
    expect(disjoint(compile(a).entries, compile(b).entries)).toBe(true);
    expect(disjoint(compile(b).entries, compile(a).entries)).toBe(true);
  });

  test('are not a number and its text, which numbers: "string" does not tell apart', () => {
    expect(disjoint(compile('5').entries, compile(5).entries)).toBe(false);
    expect(disjoint(compile(between(5, 5)).entries, compile('5').entries)).toBe(false);
  });
});
