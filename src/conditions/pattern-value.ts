import { foldedText } from './ignore-case.ts';
import { addressBlock, sameAddress } from './ip-address.ts';
import { LongNumber, soleEntry } from './pattern-object.ts';
import { wildcardTest } from './wildcard.ts';

/** A JSON value that is not an object or an array. */
export type Leaf = string | number | boolean | null;

/** Tests on text. */
interface TextOperators {
  readonly prefix: string;
  readonly suffix: string;
  readonly 'equals-ignore-case': string;
  readonly wildcard: string;
}

/** Comparison and number, once or as a range: `['>', 0, '<=', 100]`. */
export type NumericRange =
  | readonly ['=' | '<' | '<=' | '>' | '>=', number]
  | readonly ['>' | '>=', number, '<' | '<=', number];

type OneTextOperator<Value = string> = {
  [Name in keyof TextOperators]: { readonly [Operator in Name]: Value };
}[keyof TextOperators];

/** One alternative in the array of a field: the value itself, or a comparison. */
export type PatternValue =
  | Leaf
  | OneTextOperator
  | { readonly prefix: { readonly 'equals-ignore-case': string } }
  | { readonly suffix: { readonly 'equals-ignore-case': string } }
  | { readonly 'anything-but': string | number | readonly string[] | readonly number[] }
  | { readonly 'anything-but': OneTextOperator<string | readonly string[]> }
  | { readonly numeric: NumericRange }
  | { readonly cidr: string }
  | { readonly exactly: string }
  | { readonly exists: boolean };

/** Returns true if a value of the event matches. */
export type LeafTest = (leaf: Leaf) => boolean;

/** The names of the comparisons: no field of an `$or` may be called like one. */
export type PatternOperator =
  | keyof TextOperators
  | 'anything-but'
  | 'numeric'
  | 'exists'
  | 'cidr'
  | 'exactly';

/** Every {@link PatternOperator}. */
export const OPERATORS: readonly string[] = [
  'prefix',
  'suffix',
  'equals-ignore-case',
  'wildcard',
  'anything-but',
  'numeric',
  'exists',
  'cidr',
  'exactly',
] satisfies PatternOperator[];

/** Names that no field within an `$or` may have: comparisons that EventBridge knows, or keeps for later. */
export const RESERVED_NAMES: readonly string[] = [
  ...OPERATORS,
  ...['=', '<', '<=', '>', '>='],
  ...['regex', 'not-wildcard', 'not-equals-ignore-case', 'ip-address-in-range', 'ip-address-not-in-range'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
];

/** Returns true for a JSON value that is not an object or an array. */
export function isLeaf(value: unknown): value is Leaf {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    value === null ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

/**
 * Compiles one alternative of a field, `exists` apart: that asks for the field and not for its value.
 *
 * @returns undefined when there is no such alternative
 */
export function leafTest(value: unknown): LeafTest | undefined {
  if (value instanceof LongNumber) return (leaf) => leaf === value.value;
  if (isLeaf(value)) {
    const address = typeof value === 'string' ? sameAddress(value) : undefined;
    return address === undefined
      ? (leaf) => leaf === value
      : (leaf) => typeof leaf === 'string' && address(leaf);
  }
  const [operator, operand] = soleEntry(value) ?? [];
  switch (operator) {
    case 'anything-but':
      return anythingBut(operand);
    case 'numeric':
      return Array.isArray(operand) ? numericTest(operand) : undefined;
    default:
      return operator === undefined ? undefined : textTest(operator, operand);
  }
}

function textTest(operator: string, operand: unknown): LeafTest | undefined {
  const test = typeof operand === 'string' ? plainTextTest(operator, operand) : foldedTest(operator, operand);
  return test && ((leaf) => typeof leaf === 'string' && test(leaf));
}

function plainTextTest(operator: string, operand: string): ((text: string) => boolean) | undefined {
  switch (operator) {
    case 'prefix':
      return (text) => text.startsWith(operand);
    case 'suffix':
      return (text) => text.endsWith(operand);
    case 'equals-ignore-case':
      return foldedText(operand).equals;
    case 'wildcard':
      return wildcardTest(operand);
    case 'cidr':
      return addressBlock(operand);
    case 'exactly':
      return (text) => text === operand;
    default:
      return undefined;
  }
}

/** `{ prefix: { 'equals-ignore-case': 'us-' } }`, and so for a suffix. */
function foldedTest(operator: string, operand: unknown): ((text: string) => boolean) | undefined {
  const [inner, value] = soleEntry(operand) ?? [];
  if (inner !== 'equals-ignore-case' || typeof value !== 'string') return undefined;
  if (operator !== 'prefix' && operator !== 'suffix') return undefined;
  const folded = foldedText(value);
  return operator === 'prefix' ? folded.starts : folded.ends;
}

/** The comparisons that `anything-but` takes. */
const BUT: readonly string[] = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

/** Any value but these. The field has to be there. */
function anythingBut(operand: unknown): LeafTest | undefined {
  const [operator, values] = soleEntry(operand) ?? [];
  const refused = operator === undefined ? alternatives(operand) : alternatives(values);
  if (refused === undefined) return undefined;
  if (operator === undefined) return (leaf) => !refused.includes(leaf as string | number);
  if (!BUT.includes(operator)) return undefined;
  const tests = refused.map((value) => {
    // AWS refuses an empty beginning or end: nothing would be left.
    const empty = value === '' && (operator === 'prefix' || operator === 'suffix');
    return typeof value === 'string' && !empty ? textTest(operator, value) : undefined;
  });
  if (tests.includes(undefined)) return undefined;
  return (leaf) => !tests.some((test) => test?.(leaf));
}

/** One or several, all strings or all numbers. */
function alternatives(operand: unknown): readonly (string | number)[] | undefined {
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const [first] = values;
  if (typeof first !== 'string' && typeof first !== 'number') return undefined;
  return values.every((value) => typeof value === typeof first && isLeaf(value))
    ? (values as readonly (string | number)[])
    : undefined;
}

function numericTest([operator, bound, upper, top, ...more]: readonly unknown[]): LeafTest | undefined {
  if (!isNumber(bound) || more.length > 0) return undefined;
  const first = comparison(operator, bound);
  if (first === undefined) return undefined;
  if (upper === undefined && top === undefined) return (leaf) => isNumber(leaf) && first(leaf);
  // Two bounds: the lower one first, and room between them.
  if ((operator !== '>' && operator !== '>=') || (upper !== '<' && upper !== '<=')) return undefined;
  if (!isNumber(top) || top <= bound) return undefined;
  const second = comparison(upper, top);
  return (leaf) => isNumber(leaf) && first(leaf) && second?.(leaf) === true;
}

function comparison(operator: unknown, bound: number): ((value: number) => boolean) | undefined {
  switch (operator) {
    case '=':
      return (value) => value === bound;
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    default:
      return undefined;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
