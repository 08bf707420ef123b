import { type EventPattern, readPattern } from '../../conditions/compile-pattern.ts';
import { entriesOf, soleEntry } from '../../conditions/pattern-object.ts';
import type { PatternValue } from '../../conditions/pattern-value.ts';
import { both, type Demand, EVERYTHING, leaf } from './demand.ts';

/** The comparisons that Lambda documents for filters, besides the value itself. */
const DOCUMENTED: ReadonlySet<string> = new Set([
  'anything-but',
  'equals-ignore-case',
  'exists',
  'numeric',
  'prefix',
  'suffix',
]);

/** The demand of an event pattern. What Lambda does not document, and what a merged pattern would change, is left out. */
export function patternDemand(pattern: string | EventPattern): Demand {
  return fieldsDemand(readPattern(pattern, 'eventPattern'), []);
}

function fieldsDemand(fields: unknown, path: readonly string[]): Demand {
  const entries = entriesOf(fields) ?? [];
  return both(
    entries.map(([name, value], index): Demand => {
      // Of alternatives that are written twice, the last ones count.
      const isLast = !entries
        .slice(index + 1)
        .some(([later, other]) => later === name && Array.isArray(other));
      if (!isLast && Array.isArray(value)) return EVERYTHING;
      const own = [...path, name];
      // Alternatives of whole patterns, and names that are paths.
      if (name === '$or' || name.includes('.')) return EVERYTHING;
      if (!Array.isArray(value)) return fieldsDemand(value, own);
      // All that is asked below a list is asked of one element: together with another condition's, it would ask too much.
      if (own.includes('L')) return EVERYTHING;
      return value.every(isDocumented) ? leaf(own, ...(value as PatternValue[])) : EVERYTHING;
    }),
  );
}

function isDocumented(value: unknown): boolean {
  const [operator, operand] = soleEntry(value) ?? [];
  if (operator === undefined) return true;
  return DOCUMENTED.has(operator) && !(typeof operand === 'object' && soleEntry(operand) !== undefined);
}
