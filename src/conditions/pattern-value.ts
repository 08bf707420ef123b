import { wildcardTest } from './wildcard.ts';

/** What a field of JSON can hold besides objects and arrays. */
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
  | { readonly exists: boolean };

/** Whether a value of the event fits. */
export type LeafTest = (leaf: Leaf) => boolean;

/** The names of the comparisons: no field of an `$or` may be called like one. */
export type PatternOperator = keyof TextOperators | 'anything-but' | 'numeric' | 'exists';

/** Every {@link PatternOperator}. */
export const OPERATORS: readonly string[] = [
  'prefix',
  'suffix',
  'equals-ignore-case',
  'wildcard',
  'anything-but',
  'numeric',
  'exists',
] satisfies PatternOperator[];

/** Whether a value is one of those that a field of JSON holds. */
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
  if (isLeaf(value)) return (leaf) => leaf === value;
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

/** The one entry of an object that has one. */
export function soleEntry(value: unknown): readonly [string, unknown] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [entry, ...others] = Object.entries(value);
  return others.length === 0 ? entry : undefined;
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
    case 'equals-ignore-case': {
      const folded = operand.toLowerCase();
      return (text) => text.toLowerCase() === folded;
    }
    case 'wildcard':
      return wildcardTest(operand);
    default:
      return undefined;
  }
}

/** `{ prefix: { 'equals-ignore-case': 'us-' } }`, and so for a suffix. */
function foldedTest(operator: string, operand: unknown): ((text: string) => boolean) | undefined {
  const [inner, value] = soleEntry(operand) ?? [];
  if (inner !== 'equals-ignore-case' || typeof value !== 'string') return undefined;
  if (operator !== 'prefix' && operator !== 'suffix') return undefined;
  const folded = value.toLowerCase();
  return operator === 'prefix'
    ? (text) => text.toLowerCase().startsWith(folded)
    : (text) => text.toLowerCase().endsWith(folded);
}

/** Any value but these. The field has to be there. */
function anythingBut(operand: unknown): LeafTest | undefined {
  const [operator, values] = soleEntry(operand) ?? [];
  const refused = operator === undefined ? alternatives(operand) : alternatives(values);
  if (refused === undefined) return undefined;
  if (operator === undefined) return (leaf) => !refused.includes(leaf as string | number);
  const tests = refused.map((value) => (typeof value === 'string' ? textTest(operator, value) : undefined));
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
