import type { AttributeValue } from 'aws-lambda';
import { type CompiledMatch, type MatchEntry, valueMatcher } from './compile-match.ts';
import { storedLiteral } from './literal.ts';
import type { MatcherData, MatcherKind } from './matcher.ts';
import { orderOf } from './stored-order.ts';
import { fixedParts } from './wildcard.ts';

/**
 * Checks if every item that matches `a` also matches `b`. True only where that is certain, by each path on its own.
 */
export function implies(a: CompiledMatch, b: CompiledMatch): boolean {
  return entriesImply(a.entries, b.entries);
}

function entriesImply(a: readonly MatchEntry[], b: readonly MatchEntry[]): boolean {
  return b.every((wanted) =>
    a.some((given) => given.path === wanted.path && valueImplies(given.matcher, wanted.matcher)),
  );
}

function valueImplies(a: MatcherData, b: MatcherData): boolean {
  if (a.kind === 'oneOf') return alternativesOf(a).every((one) => valueImplies(one, b));
  if (a.kind === 'equals') return b.test(storedOperand(a));
  if (a.kind === 'missing') return b.test(undefined);
  switch (b.kind) {
    case 'oneOf':
      return alternativesOf(b).some((one) => valueImplies(a, one));
    case 'exists':
      return !a.test(undefined);
    case 'anythingBut':
      return !a.test(undefined) && alternativesOf(b).every((one) => areApart(a, one));
    case 'map':
      return (
        a.kind === 'map' &&
        entriesImply(a.operands as readonly MatchEntry[], b.operands as readonly MatchEntry[])
      );
    case 'contains':
      return a.kind === 'contains' && valueImplies(elementOf(a), elementOf(b));
    case 'equalsIgnoreCase':
      return a.kind === b.kind && b.test(storedOperand(a));
    case 'prefix':
    case 'suffix':
    case 'wildcard':
      return textImplies(a, b);
    case 'equals':
    case 'missing':
      return false;
    default:
      return boundImplies(a, b, LOW, 0) && boundImplies(a, b, HIGH, -1);
  }
}

/** Checks if no value matches both. */
function areApart(a: MatcherData, b: MatcherData): boolean {
  if (b.kind === 'equals') return !a.test(storedOperand(b));
  return a.kind === 'anythingBut' && alternativesOf(a).some((one) => valueImplies(b, one));
}

/** A character that stands for any text. */
const ANY_TEXT = '\u{10ffff}';

/** Where `b` matches a text with {@link ANY_TEXT} in it, an asterisk of `b` covers that, or the end that `b` leaves open. */
function textImplies(a: MatcherData, b: MatcherData): boolean {
  const text = textOf(a);
  return text !== undefined && !String(b.operands[0]).includes(ANY_TEXT) && b.test({ S: text });
}

function textOf({ kind, operands }: MatcherData): string | undefined {
  const [operand] = operands as readonly string[];
  if (kind === 'prefix') return `${operand}${ANY_TEXT}`;
  if (kind === 'suffix') return `${ANY_TEXT}${operand}`;
  return kind === 'wildcard' ? fixedParts(operand as string)?.join(ANY_TEXT) : undefined;
}

/** Matchers with a lower bound: whether the bound itself matches. */
const LOW: Bounds = { greaterThan: false, atLeast: true, between: true };
const HIGH: Bounds = { lessThan: false, atMost: true, between: true };

type Bounds = { readonly [Kind in MatcherKind]?: boolean };

/** @param at where the bound stands among the operands: 0 for the lower one, -1 for the upper one */
function boundImplies(a: MatcherData, b: MatcherData, bounds: Bounds, at: 0 | -1): boolean {
  const [given, wanted] = [bounds[a.kind], bounds[b.kind]];
  if (wanted === undefined) return true;
  if (given === undefined) return false;
  const order = orderOf(storedOperand(b, at))?.(storedOperand(a, at));
  if (order === undefined) return false;
  if (order === 0) return wanted || !given;
  return at === 0 ? order > 0 : order < 0;
}

function alternativesOf({ operands }: MatcherData): readonly MatcherData[] {
  return operands.map((operand) => valueMatcher(operand, { owner: 'implies' }));
}

function elementOf(contains: MatcherData): MatcherData {
  return alternativesOf(contains)[0] as MatcherData;
}

/** The operand of a matcher that takes values. */
function storedOperand({ operands }: MatcherData, at = 0): AttributeValue {
  return storedLiteral(operands.at(at));
}
