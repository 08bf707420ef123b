import type { AttributeValue } from 'aws-lambda';
import type { MatchEntry } from './compile-match.ts';
import { storedLiteral } from './literal.ts';
import type { MatcherData } from './matcher.ts';

/** Tells if no item matches both. True only where that is certain, by one path that both name. */
export function apart(a: readonly MatchEntry[], b: readonly MatchEntry[]): boolean {
  return a.some((one) => b.some((other) => one.path === other.path && areApart(one.matcher, other.matcher)));
}

function areApart(a: MatcherData, b: MatcherData): boolean {
  if (a.kind === 'equals') return !b.test(storedLiteral(a.operands[0]) as AttributeValue);
  if (b.kind === 'equals') return areApart(b, a);
  if (a.kind !== 'prefix' || b.kind !== 'prefix') return false;
  const [one, other] = [String(a.operands[0]), String(b.operands[0])];
  return !one.startsWith(other) && !other.startsWith(one);
}
