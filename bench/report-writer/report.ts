import type { Verdict } from '../expectations/check.ts';
import type { Group, Origin } from '../run/group.ts';

/** The groups of one measure, with the words that explain them. */
export interface MeasureReport {
  readonly name: string;
  readonly title: string;
  readonly method: string;
  readonly groups: readonly Group[];
}

/** Everything that a run found out. */
export interface Report extends Origin {
  readonly quick: boolean;
  readonly sameProcess: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly measures: readonly MeasureReport[];
  readonly verdicts: readonly Verdict[];
}
