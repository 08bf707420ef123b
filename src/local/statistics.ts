/** The counts of a mapping so far. */
export interface MappingStatistics {
  /** Records read from the stream. */
  readonly recordsRead: number;
  /** Of them, those that match no filter. */
  readonly recordsFiltered: number;
  /** Of them, those that the function has handled. */
  readonly recordsSucceeded: number;
  /** Of them, those that were discarded. */
  readonly recordsDiscarded: number;
  /** Invocations that have ended, throttled ones left out. */
  readonly invocations: number;
  /** Of them, those that failed as a whole. */
  readonly failedInvocations: number;
  /** Of them, those that ended with a checkpoint inside the batch. */
  readonly partialInvocations: number;
  /** Invocations that did not start. */
  readonly throttledInvocations: number;
  /** Batches that were invoked again. */
  readonly retries: number;
  /** Batches that were halved. */
  readonly splits: number;
  /**
   * How old the last record of the last batch was when its invocation began, in milliseconds, as CloudWatch's
   * `IteratorAge` says. Records carry whole seconds, so it is up to a second too much. Undefined before that.
   */
  readonly lagMs: number | undefined;
}

/** A count of everything, to be added to. */
export type Tally = { -readonly [Name in keyof MappingStatistics]: MappingStatistics[Name] };

export function emptyTally(): Tally {
  return {
    recordsRead: 0,
    recordsFiltered: 0,
    recordsSucceeded: 0,
    recordsDiscarded: 0,
    invocations: 0,
    failedInvocations: 0,
    partialInvocations: 0,
    throttledInvocations: 0,
    retries: 0,
    splits: 0,
    lagMs: undefined,
  };
}
