import { MEASURES } from '../measures/index.ts';
import type { Effort, GroupPlan, Measure } from '../run/plan.ts';

/** A measure and those of its groups that were asked for. */
export interface Selected {
  readonly measure: Measure;
  readonly plans: readonly GroupPlan[];
}

/**
 * Returns the measures that `--only` selects; without it, all measures.
 *
 * @throws RangeError when it selects nothing
 */
export function select(only: string | undefined, effort: Effort): Selected[] {
  const selected = MEASURES.map((measure) => ({
    measure,
    plans: measure
      .plans(effort)
      .filter(
        ({ id }) => only === undefined || measure.name === only || id === only || id.startsWith(`${only}/`),
      ),
  })).filter(({ plans }) => plans.length > 0);
  if (selected.length > 0) return selected;
  throw new RangeError(
    `--only ${only} selects nothing. Measures: ${MEASURES.map(({ name }) => name).join(', ')}.`,
  );
}
