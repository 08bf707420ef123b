import type { Summary } from '../statistics.ts';

/** How thorough a run is. */
export interface Effort {
  /** Fewer records and rounds, for CI. */
  readonly quick: boolean;
}

/** Tells what is going on, in a few words. */
export type Progress = (doing: string) => void;

/** Results that belong in one table and one chart. */
export interface Group {
  /** As in `unmarshall/small`. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** By contender. */
  readonly results: Readonly<Record<string, Summary>>;
  /** What has to be known to read the numbers, and who was skipped why. */
  readonly notes: readonly string[];
}

/** A group still to be measured. Each runs in a process of its own, with all of its contenders. */
export interface GroupPlan {
  readonly id: string;
  readonly title: string;
  run(progress: Progress): Promise<Group>;
}

/** One letter of the suite. */
export interface Measure {
  readonly name: string;
  readonly title: string;
  /** What is measured and how, for the report. */
  readonly method: string;
  plans(effort: Effort): readonly GroupPlan[];
}
