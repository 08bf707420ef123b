/** How thorough a run is. */
export interface Effort {
  /** Fewer records and rounds, for CI. */
  readonly quick: boolean;
}

/** The result of one turn of an entrant. */
export interface Sample {
  /** In the unit of the group. */
  readonly value: number;
  /** Further counts, as in `{ 'order violations': 0 }`. */
  readonly facts?: Readonly<Record<string, number>>;
}

/** Someone who takes part in a group, ready for turns. */
export interface Entrant {
  /** Does the work once. @throws when the work was not done as it should */
  sample(): Promise<Sample>;
}

/** A name in a group, and the process that it lives in: names of one host share a process. */
export interface Place {
  readonly name: string;
  readonly host: string;
}

/** Measurements that belong in one table and one chart. */
export interface GroupPlan {
  /** As in `unmarshall/small`. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly places: readonly Place[];
  readonly rounds: number;
  /** Rounds before those, not counted: the compiler gets to know the code. */
  readonly warmups: number;
  /** True if every turn runs in a fresh process. */
  readonly freshProcesses?: boolean;
  /** Flags for Node in the processes of this group. */
  readonly nodeFlags?: readonly string[];
  /** Notes that explain the numbers. */
  readonly notes?: readonly string[];
  /** Makes an entrant, in its host. @throws when it cannot take part here: it is skipped, and the reason told */
  entrant(name: string): Promise<Entrant>;
}

/** One letter of the suite. */
export interface Measure {
  readonly name: string;
  readonly title: string;
  /** The description of the measurement, for the report. */
  readonly method: string;
  plans(effort: Effort): readonly GroupPlan[];
}

/** Names that live in a process each. */
export function alone(...names: readonly string[]): Place[] {
  return names.map((name) => ({ name, host: name }));
}
