/** An expectation of the suite: a comparison within one group, with its limit. */
export interface Expectation {
  readonly text: string;
  /** The group's id, as in `unmarshall/small`. */
  readonly group: string;
  readonly of: string;
  /** Without it, the number of `of` itself is looked at. */
  readonly by?: string;
  /** Its number is subtracted from those of `of` and `by`: as in the import of a program beyond that of an empty one. */
  readonly beyond?: string;
  /** Looks at a fact, as in `order violations`, instead of the median. */
  readonly fact?: string;
  /** `at least`: higher is better. */
  readonly limit: 'at least' | 'at most';
  /** `--check` fails beyond it. */
  readonly must: number;
  readonly aim: number;
  readonly unit: string;
  /** A number that no load of the machine changes: `--quick` gives it no slack. */
  readonly exact?: boolean;
  /** Its group may be skipped where a program is not installed. The check then does not fail. */
  readonly optional?: boolean;
}
