import type { AttributeValue } from 'aws-lambda';
import { isDecimal } from '../item/decimal.ts';
import type { MatchEntry } from './compile-match.ts';
import { storedLiteral } from './literal.ts';
import type { MatcherData } from './matcher.ts';

/** Returns true if no item matches both. Compares the matchers of paths that both have; false if that is not conclusive. */
export function disjoint(a: readonly MatchEntry[], b: readonly MatchEntry[]): boolean {
  return a.some((one) =>
    b.some((other) => one.path === other.path && areDisjoint(one.matcher, other.matcher)),
  );
}

function areDisjoint(a: MatcherData, b: MatcherData): boolean {
  if (a.kind === 'equals') return !equalValues(a.operands[0]).some((value) => b.test(value, String));
  if (b.kind === 'equals') return areDisjoint(b, a);
  if (a.kind !== 'prefix' || b.kind !== 'prefix') return false;
  const [one, other] = [String(a.operands[0]), String(b.operands[0])];
  return !one.startsWith(other) && !other.startsWith(one);
}

/** The stored values that equal a literal. Where the number policy of a router gives text, text also stands for a number. */
function equalValues(literal: unknown): AttributeValue[] {
  const value = storedLiteral(literal);
  return typeof literal === 'string' && isDecimal(literal) ? [value, { N: literal }] : [value];
}
