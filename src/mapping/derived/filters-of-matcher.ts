import type { MatchEntry } from '../../conditions/compile-match.ts';
import type { MatcherData } from '../../conditions/matcher.ts';
import { RESERVED_NAMES } from '../../conditions/pattern-value.ts';
import { allOf, anyOf, type ConditionFilters, opposite, UNKNOWN } from './condition-filters.ts';
import { ALL_RECORDS, intersection, leaf, type RecordFilter, union } from './record-filter.ts';

/** The types that an attribute may be asked for by name: a pattern cannot ask whether there is a map or a list. */
const TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS'];

/** Names that a pattern takes for a comparison, or for alternatives. */
const OPERATORS: ReadonlySet<string> = new Set(['$or', ...RESERVED_NAMES]);

/** The facts about the numbers that conditions compare with. */
export interface NumberKnowledge {
  /** True if the number policy gives text, so that text may stand for a number. */
  readonly areText: boolean;
}

/** The filter of the entries of a pattern, on the attributes below a path such as `dynamodb.NewImage`. */
export function filtersOfEntries(
  entries: readonly MatchEntry[],
  image: readonly string[],
  numbers: NumberKnowledge,
): ConditionFilters {
  return allOf(
    entries.map(({ steps, matcher }) => {
      const path = pathOf(steps, image);
      if (path === undefined) return UNKNOWN;
      const filters = filtersOfMatcher(matcher, path, numbers);
      return path.length > 3 ? { yes: ofMap(filters.yes), no: ofMap(filters.no) } : filters;
    }),
  );
}

/**
 * The filter on a value in a map. Lambda joins names by dots: an attribute named `a.M.b` would be there for it where the `b` of the map `a` is
 * missing. So no value is said to be missing there.
 */
function ofMap(filter: RecordFilter): RecordFilter {
  const saysMissing = filter.some((conjunction) =>
    [...conjunction.values()].some(({ alternatives }) =>
      alternatives.some((one) => JSON.stringify(one) === '{"exists":false}'),
    ),
  );
  return saysMissing ? ALL_RECORDS : filter;
}

/** The fields that lead to an attribute. Undefined where a pattern cannot name it. */
export function pathOf(
  steps: readonly (string | number)[],
  above: readonly string[],
): readonly string[] | undefined {
  const path: string[] = [...above];
  for (const [index, step] of steps.entries()) {
    // A pattern asks any element of a list, and one element for all that it asks.
    if (typeof step === 'number' || !isPlainName(step) || OPERATORS.has(step)) return undefined;
    if (index > 0) path.push('M');
    path.push(step);
  }
  return path;
}

/** Checks if a pattern may name a field so: not by a path, nor by what JavaScript takes for the prototype of an object. */
export function isPlainName(name: string): boolean {
  return !name.includes('.') && name !== '__proto__' && isWhole(name);
}

/** Checks if text has no half of a character: Lambda would read a question mark there. */
export function isWhole(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * Checks if a pattern may compare text in capitals or not: Lambda compares its letters by their small and their large form. Some letters are
 * neither of them, and of characters in two halves it finds none.
 */
export function hasTwoForms(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

/** The filter of a matcher on the attribute at a path. */
function filtersOfMatcher(
  { kind, operands }: MatcherData,
  path: readonly string[],
  numbers: NumberKnowledge,
): ConditionFilters {
  const [first] = operands;
  const text = [...path, 'S'];
  if (typeof first === 'string' && !isWhole(first)) return UNKNOWN;
  switch (kind) {
    case 'equals':
      return filtersOfLiteral(first, path, numbers);
    case 'prefix':
    case 'suffix':
      return { yes: leaf(text, { [kind]: first } as never), no: ALL_RECORDS };
    case 'wildcard':
      return { yes: wildcardFilter(first as string, text), no: ALL_RECORDS };
    case 'equalsIgnoreCase':
      // Lambda's comparison may fold more letters than ours. So the opposite is asked of the very text alone.
      return {
        yes: leaf(
          text,
          hasTwoForms(first as string) ? { 'equals-ignore-case': first as string } : { exists: true },
        ),
        no: leaf(text, { 'anything-but': [first as string] }, { exists: false }),
      };
    case 'atLeast':
    case 'atMost':
    case 'between':
    case 'greaterThan':
    case 'lessThan':
      return { yes: rangeFilter(first, path, numbers), no: ALL_RECORDS };
    case 'oneOf':
      return anyOf(operands.map((operand) => filtersOfOperand(operand, path, numbers)));
    case 'anythingBut': {
      const { yes, no } = opposite(
        anyOf(operands.map((operand) => filtersOfOperand(operand, path, numbers))),
      );
      // It does not hold for a missing attribute either.
      return { yes, no: union([no, absent(path)]) };
    }
    case 'missing':
      return { yes: absent(path), no: ALL_RECORDS };
    case 'exists':
      return { yes: ALL_RECORDS, no: absent(path) };
    case 'map':
      return filtersOfEntries(operands as readonly MatchEntry[], [...path, 'M'], numbers);
    // Also what another version of the package may have.
    default:
      return UNKNOWN;
  }
}

/** An operand of `oneOf` and `anythingBut`: a value or a matcher. */
function filtersOfOperand(
  operand: unknown,
  path: readonly string[],
  numbers: NumberKnowledge,
): ConditionFilters {
  const matcher = (operand as { readonly '~matcher'?: MatcherData } | null)?.['~matcher'];
  return matcher === undefined
    ? filtersOfLiteral(operand, path, numbers)
    : filtersOfMatcher(matcher, path, numbers);
}

function filtersOfLiteral(
  literal: unknown,
  path: readonly string[],
  { areText }: NumberKnowledge,
): ConditionFilters {
  if (typeof literal === 'string') {
    if (!isWhole(literal)) return UNKNOWN;
    const asText = filtersOfValue([...path, 'S'], literal);
    // Text may stand for a number there, which is written in more than one way.
    return areText
      ? { yes: union([asText.yes, leaf([...path, 'N'], { exists: true })]), no: asText.no }
      : asText;
  }
  if (typeof literal === 'boolean') return filtersOfValue([...path, 'BOOL'], literal);
  if (literal === null) return filtersOfValue([...path, 'NULL'], true);
  if (typeof literal !== 'number' && typeof literal !== 'bigint') return UNKNOWN;
  const digits = String(literal);
  // DynamoDB writes whole numbers in one way. Of others, and of large ones in exponents, we do not know it for certain.
  return /^(0|-?[1-9]\d{0,20})$/.test(digits) ? filtersOfValue([...path, 'N'], digits) : UNKNOWN;
}

function filtersOfValue(path: readonly string[], value: string | boolean): ConditionFilters {
  const others = typeof value === 'string' ? [{ 'anything-but': [value] }] : [!value];
  return { yes: leaf(path, value), no: leaf(path, ...others, { exists: false }) };
}

/** The beginning of a wildcard, as Lambda does not document the comparison. */
function wildcardFilter(pattern: string, path: readonly string[]): RecordFilter {
  // Also nothing is a beginning.
  const [start] = /^(?:[^*\\]|\\.)*/.exec(pattern) as RegExpExecArray;
  const text = start.replace(/\\(.)/g, '$1');
  if (start.length === pattern.length) return leaf(path, text);
  return text === '' ? leaf(path, { exists: true }) : leaf(path, { prefix: text });
}

/** A value of the type that is compared with. */
function rangeFilter(bound: unknown, path: readonly string[], { areText }: NumberKnowledge): RecordFilter {
  if (typeof bound === 'number' || typeof bound === 'bigint') return leaf([...path, 'N'], { exists: true });
  return typeof bound === 'string' && !areText ? leaf([...path, 'S'], { exists: true }) : ALL_RECORDS;
}

/** No value of a type that can be asked for: the attribute is missing, or is a map or a list. */
function absent(path: readonly string[]): RecordFilter {
  return intersection(TYPES.map((type) => leaf([...path, type], { exists: false })));
}
