import type { NumberRanges } from '../../protocol/events.ts';

/** How an invocation ended. `unknown`: the page did not get the event that says it. */
export type Outcome = 'running' | 'succeeded' | 'partial' | 'failed' | 'throttled' | 'unknown';

/** An earlier invocation from which one follows. */
export interface Origin {
  /**
   * - `retry`: it has the same records.
   * - `split`: it has one half of them.
   * - `rest`: it has the records that were not processed.
   */
  readonly kind: 'retry' | 'split' | 'rest';
  readonly id: number;
}

/** A record of an invocation that failed. */
export interface FailedRecord {
  readonly number: number;
  /** True if a sink accepted its dead letter. */
  readonly isDeadLettered: boolean;
}

/** An invocation, and what is known of it so far. */
export interface Invocation {
  /** 1 for the first invocation of a run, then one more for each. */
  readonly id: number;
  readonly shardId: string;
  readonly slot: number;
  readonly requestId: string;
  readonly attempt: number;
  readonly records: NumberRanges;
  readonly recordCount: number;
  /** Epoch milliseconds. */
  readonly startedMs: number;
  readonly origin: Origin | undefined;
  /** How many splits lie between the batch and these records. */
  readonly depth: number;
  outcome: Outcome;
  /** Epoch milliseconds; undefined while it runs. */
  endedMs: number | undefined;
  durationMs: number | undefined;
  failedRecords: readonly FailedRecord[];
  /** Why it failed, each text once. */
  messages: readonly string[];
  /** Epoch milliseconds at which the same records are tried again. */
  retryMs: number | undefined;
  /** The halves that follow. */
  split: { readonly left: NumberRanges; readonly right: NumberRanges } | undefined;
}
