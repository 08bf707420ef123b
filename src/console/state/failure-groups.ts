import type { FailureText } from '../protocol/events.ts';

/** Where and when a failure occurred. */
export interface Occurrence {
  readonly time: string;
  /** Of the record; undefined when it is not known which one it was. */
  readonly number: number | undefined;
}

/** Failures with the same message at the same place. */
export interface FailureGroup {
  /** 1 for the first group, then one more for each. */
  readonly id: number;
  readonly first: string;
  last: string;
  count: number;
  /** The last failure. */
  failure: FailureText;
  /** The numbers of the last records that failed so, the newest one last. */
  numbers: readonly number[];
}

const MAX_GROUPS = 500;
const MAX_NUMBERS = 100;

/** The failures of a run, grouped. The groups that are not seen for the longest time are dropped. */
export class FailureGroups {
  readonly #groups: Map<string, FailureGroup> = new Map();
  #lastId = 0;

  /** The group that was seen last is the first one. */
  get list(): readonly FailureGroup[] {
    return [...this.#groups.values()].reverse();
  }

  add(failure: FailureText, { time, number }: Occurrence): void {
    const signature = `${failure.deadLettered} ${failure.at} ${failure.message}`;
    const group = this.#groups.get(signature) ?? {
      id: ++this.#lastId,
      first: time,
      last: time,
      count: 0,
      failure,
      numbers: [],
    };
    group.last = time;
    group.count++;
    group.failure = failure;
    if (number !== undefined) {
      group.numbers = [...group.numbers.filter((other) => other !== number), number].slice(-MAX_NUMBERS);
    }
    this.#groups.delete(signature);
    this.#groups.set(signature, group);
    if (this.#groups.size > MAX_GROUPS) this.#groups.delete(this.#groups.keys().next().value as string);
  }
}
