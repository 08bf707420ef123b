import fc from 'fast-check';
import { convergent, type EntryPoint, type Scenario, scenarios } from './model/scenario.ts';
import { play } from './play.ts';
import type { History } from './world/history.ts';

/** A history that broke something. */
export interface Finding {
  /** `npm run simulate -- --seed` with it plays the history again. */
  readonly seed: number;
  readonly violations: readonly string[];
  /** A smaller scenario that still breaks something. */
  readonly shrunk: Scenario;
  /** Of the shrunk scenario: who did what, when. */
  readonly timeline: readonly string[];
}

export interface CampaignOptions {
  readonly seed: number;
  /** From the seed of a history to that of the next one. @defaultValue 1 */
  readonly step?: number;
  readonly histories: number;
  readonly only?: readonly EntryPoint[];
  /** Plays within the conditions under which copies converge. @defaultValue false */
  readonly isConvergent?: boolean;
  /** Looks for a smaller scenario that breaks the same. @defaultValue true */
  readonly shrinks?: boolean;
  /** Ends the campaign early. */
  readonly until?: () => boolean;
  /** Sees a violation before the search for a smaller scenario, which takes its time. */
  readonly onViolation?: (seed: number, violation: string) => void;
  readonly onHistory?: (seed: number, history: History) => void;
}

/** Plays histories until one breaks something. */
export async function campaign({
  seed,
  step = 1,
  histories,
  only,
  until,
  onHistory,
  onViolation,
  isConvergent = false,
  shrinks = true,
}: CampaignOptions): Promise<Finding | undefined> {
  const arbitrary = isConvergent ? scenarios(only).map(convergent) : scenarios(only);
  for (let number = 0; number < histories && until?.() !== true; number++) {
    const own = seed + number * step;
    const [scenario] = fc.sample(arbitrary, { seed: own, numRuns: 1 });
    const history = await play(scenario as Scenario);
    onHistory?.(own, history);
    const [violation] = history.violations;
    if (violation === undefined) continue;
    onViolation?.(own, violation);
    if (shrinks) return shrink(own, arbitrary, history.violations);
    return { seed: own, violations: history.violations, shrunk: scenario as Scenario, timeline: [] };
  }
  return undefined;
}

/** Then the smallest scenario so far is shown. */
const MAX_SHRINKING_MS = 120_000;

/** Looks for a smaller scenario that breaks the same invariant. */
async function shrink(
  seed: number,
  arbitrary: fc.Arbitrary<Scenario>,
  violations: readonly string[],
): Promise<Finding> {
  const invariant = (violations[0] as string).split(':')[0] as string;
  const { counterexample } = await fc.check(
    fc.asyncProperty(arbitrary, async (scenario) => {
      const history = await play(scenario);
      return !history.violations.some((violation) => violation.startsWith(invariant));
    }),
    { seed, numRuns: 1, skipAllAfterTimeLimit: MAX_SHRINKING_MS },
  );
  const shrunk = counterexample?.[0] ?? (fc.sample(arbitrary, { seed, numRuns: 1 })[0] as Scenario);
  const history = await play(shrunk, true);
  return { seed, violations: history.violations, shrunk, timeline: history.timeline };
}
