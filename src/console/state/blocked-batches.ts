import type { ConsoleEvent, FailureText, NumberRanges } from '../protocol/events.ts';

/** A batch that blocks its shard, or its part of the shard, until an invocation succeeds or its records are discarded. */
export interface BlockedBatch {
  /** The same for all attempts. */
  readonly requestId: string;
  readonly shardId: string;
  /** The part of the shard, with `parallelizationFactor`. Undefined: it is not known. */
  readonly slot: number | undefined;
  readonly records: NumberRanges;
  /** The number of the next invocation, or of the one that runs. */
  readonly attempt: number;
  readonly reason: 'failed' | 'throttled';
  /** When it failed first: ISO 8601. */
  readonly since: string;
  /** Epoch milliseconds of the next invocation. Undefined while one runs. */
  readonly dueAt: number | undefined;
  /** Why the last invocation failed. */
  readonly failure: FailureText | undefined;
}

type Run = Partial<BlockedBatch> & Pick<BlockedBatch, 'shardId' | 'records' | 'attempt'>;

/** The batches that are invoked or wait for their next invocation, by the events about them. */
export class BlockedBatches {
  readonly #runs: Map<string, Run> = new Map();

  /** The batches that have failed. The one that is blocked longest is the first. */
  get list(): readonly BlockedBatch[] {
    return [...this.#runs.values()].filter((run): run is BlockedBatch => run.since !== undefined);
  }

  take(event: ConsoleEvent): void {
    switch (event.event) {
      case 'invocationStarted': {
        const { requestId, shardId, slot, records, attempt } = event;
        this.#update({
          ...this.#runs.get(requestId),
          requestId,
          shardId,
          slot,
          records,
          attempt,
          dueAt: undefined,
        });
        break;
      }
      case 'invocation': {
        const { requestId, failures } = event;
        const run = this.#runs.get(requestId);
        const failure = failures?.find(({ deadLettered }) => !deadLettered);
        if (run !== undefined) this.#update({ ...run, requestId, failure });
        break;
      }
      case 'retry': {
        const { requestId, shardId, records, attempt, reason, delayMs, time } = event;
        const run = this.#runs.get(requestId);
        const dueAt = Date.parse(time) + delayMs;
        const since = run?.since ?? time;
        this.#update({ slot: undefined, ...run, requestId, shardId, records, attempt, reason, dueAt, since });
        break;
      }
      case 'checkpoint':
      case 'split':
      case 'windowClosed':
        this.#runs.delete(event.requestId);
        break;
      case 'state':
        // A mapping that begins anew also begins its retries anew.
        if (event.state === 'Disabled') this.#runs.clear();
        break;
      case 'stopped':
        this.#runs.clear();
        break;
    }
  }

  #update(run: Run & Pick<BlockedBatch, 'requestId'>): void {
    this.#runs.set(run.requestId, run);
  }
}
