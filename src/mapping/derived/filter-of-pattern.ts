import { readPattern } from '../../conditions/compile-pattern.ts';
import { entriesOf, type PatternEntry, soleEntry } from '../../conditions/pattern-object.ts';
import { isEither } from '../../conditions/pattern-rules.ts';
import type { PatternValue } from '../../conditions/pattern-value.ts';
import { hasTwoForms, isPlainName, isWhole } from './filters-of-matcher.ts';
import { ALL_RECORDS, intersection, leafOf, type RecordFilter } from './record-filter.ts';

/** The comparisons that Lambda documents for filters, besides the value itself. */
const DOCUMENTED: ReadonlySet<string> = new Set([
  'anything-but',
  'equals-ignore-case',
  'exists',
  'numeric',
  'prefix',
  'suffix',
]);

/** The filter of an event pattern. What Lambda does not document, and what a merged pattern would change, is left out. */
export function filterOfPattern(pattern: string): RecordFilter {
  const leaves = new Map<string, Leaf>();
  collect(readPattern(pattern, 'eventPattern'), [], leaves, true);
  return intersection([...leaves.values()].map(filterOfLeaf));
}

/** The alternatives of a field, as the pattern has them. */
interface Leaf {
  readonly path: readonly string[];
  readonly alternatives: readonly unknown[];
}

/** @param isCertain false where a pattern cannot express the condition: below a name that is a path, and among whole patterns */
function collect(
  fields: unknown,
  path: readonly string[],
  leaves: Map<string, Leaf>,
  isCertain: boolean,
): void {
  // The condition has refused a pattern that is not made of fields and alternatives.
  for (const [name, value] of entriesOf(fields) as readonly PatternEntry[]) {
    const own = [...path, name];
    const isSaid = isCertain && name !== '$or' && isPlainName(name);
    // A field is known by its path, however that is written.
    const key = own.join('.');
    if (isEither(name, value)) for (const one of value) collect(one, path, leaves, false);
    else if (!Array.isArray(value)) collect(value, own, leaves, isSaid);
    // Of alternatives that are written twice, the last ones count.
    else if (isSaid) leaves.set(key, { path: own, alternatives: value });
    else leaves.delete(key);
  }
}

function filterOfLeaf({ path, alternatives }: Leaf): RecordFilter {
  // All that is asked below a list is asked of one element: together with another condition's, it would ask too much.
  if (path.includes('L')) return ALL_RECORDS;
  const known = alternatives.map(documented);
  return known.every((one) => one !== undefined) ? leafOf(path, known) : ALL_RECORDS;
}

/** An alternative as JSON. Undefined for what Lambda does not document or may read otherwise, and for numbers that JSON would round. */
function documented(value: unknown): PatternValue | undefined {
  const entry = soleEntry(value);
  if (entry === undefined) return isScalar(value) ? value : undefined;
  const [operator, operand] = entry;
  const isPlain = Array.isArray(operand) ? operand.every(isScalar) : isScalar(operand);
  if (operator === 'equals-ignore-case' && !hasTwoForms(operand as string)) return undefined;
  return DOCUMENTED.has(operator) && isPlain
    ? ({ [operator]: operand } as unknown as PatternValue)
    : undefined;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  if (typeof value === 'string') return isWhole(value);
  return value === null || ['number', 'boolean'].includes(typeof value);
}
