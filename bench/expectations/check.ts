import type { Group, Result } from '../run/group.ts';
import type { Expectation } from './expectation.ts';

/**
 * How far `--quick` may stay behind a must: its medians are of few rounds, on a machine of which nothing is
 * known. A full run has no slack.
 */
export const QUICK_SLACK = 0.5;

/**
 * `within slack`: short of the must, by no more than the slack of the run. `skipped`: not measured, because a program that it
 * needs is not installed; the notes of the group name it.
 */
export type VerdictWord =
  | 'aim reached'
  | 'must reached'
  | 'within slack'
  | 'missed'
  | 'skipped'
  | 'not measured';

/** The result of a run for one expectation. */
export interface Verdict {
  readonly expectation: Expectation;
  /** Undefined when it was not measured. */
  readonly measured: number | undefined;
  readonly word: VerdictWord;
}

/**
 * Compares results with expectations.
 *
 * @param slack how far they may stay behind a must, as a share of it
 */
export function check(
  expectations: readonly Expectation[],
  groups: readonly Group[],
  slack: number,
): Verdict[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  return expectations.map((expectation) => {
    const group = byId.get(expectation.group);
    const measured = measure(expectation, group);
    const wasSkipped = expectation.optional && group !== undefined && Object.keys(group.results).length === 0;
    const word = wasSkipped ? 'skipped' : wordFor(expectation, measured, expectation.exact ? 0 : slack);
    return { expectation, measured, word };
  });
}

/** The verdicts for which `--check` fails: a number that should be there and is not counts as missed. */
export function broken(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(({ word }) => word === 'missed' || word === 'not measured');
}

function measure({ of, by, beyond, fact }: Expectation, group: Group | undefined): number | undefined {
  const numberOf = (name: string): number => read(group?.results[name], fact) ?? Number.NaN;
  const from = beyond === undefined ? 0 : numberOf(beyond);
  const measured = by === undefined ? numberOf(of) - from : (numberOf(of) - from) / (numberOf(by) - from);
  return Number.isNaN(measured) ? undefined : measured;
}

function read(result: Result | undefined, fact: string | undefined): number | undefined {
  return fact === undefined ? result?.median : result?.facts[fact];
}

function wordFor(
  { limit, must, aim }: Expectation,
  measured: number | undefined,
  slack: number,
): VerdictWord {
  if (measured === undefined) return 'not measured';
  const meets = (bar: number) => (limit === 'at least' ? measured >= bar : measured <= bar);
  if (meets(aim)) return 'aim reached';
  if (meets(must)) return 'must reached';
  return meets(limit === 'at least' ? must / (1 + slack) : must * (1 + slack)) ? 'within slack' : 'missed';
}
