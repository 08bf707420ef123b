import { isThenable } from '../promise/thenable.ts';
import { isUnfinished, refuseUnfinished } from '../promise/unfinished.ts';
import { RecordState } from '../record/record-state.ts';
import type { Deadline } from './deadline.ts';
import type { ReportableRecord } from './event.ts';
import { LaneIndex, type Order } from './lane-index.ts';
import { Lanes } from './lanes.ts';
import type { Outcome } from './outcome.ts';

/** How a batch is run. */
export interface RunSettings {
  readonly order: Order;
  /** Lanes in flight at once. */
  readonly concurrency: number;
  /** The partition key's attribute, for `order: 'partition'`. */
  readonly partitionKey: string | undefined;
  /** True if the first record runs alone. The others start only after it has succeeded. */
  readonly firstAlone: boolean;
}

/** The work on the records. */
export interface RunCallbacks {
  /** Handles one record. Its error or rejection fails that record. */
  handle(record: ReportableRecord): unknown;
  /** Gets each failure as it happens. Must not throw. */
  failed(index: number, error: unknown): void;
}

/**
 * Runs the records of one batch in lanes.
 *
 * As long as handlers answer synchronously there is no lane at all: one record after the other, in order.
 * The first thenable starts lanes: up to `concurrency` workers, each following one lane at a time. A worker
 * takes the next record whose lane no other worker follows; a record met while its lane is busy is linked behind the
 * last one of that lane, and the worker that follows the lane gets to it.
 *
 * A failure lowers the limit to its index: nothing past it starts, and handlers in flight finish.
 */
export class BatchRun {
  readonly #records: readonly ReportableRecord[];
  readonly #lanes: LaneIndex;
  /** Lanes in flight at once. */
  readonly #concurrency: number;
  readonly #deadline: Deadline;
  readonly #firstAlone: boolean;
  readonly #callbacks: RunCallbacks;
  readonly #states: Uint8Array;
  /** No record at or past this index starts. */
  #limit: number;
  /** The first record that no worker has looked at. */
  #cursor = 0;
  /** The lowest record that failed, and its error. */
  #failedAt: number;
  #error: unknown;
  #answered = false;

  constructor(
    records: readonly ReportableRecord[],
    settings: RunSettings,
    deadline: Deadline,
    callbacks: RunCallbacks,
  ) {
    this.#records = records;
    this.#lanes = new LaneIndex(settings.order, records.length, settings.partitionKey);
    this.#concurrency = settings.order === 'shard' ? 1 : settings.concurrency;
    this.#deadline = deadline;
    this.#firstAlone = settings.firstAlone;
    this.#callbacks = callbacks;
    this.#states = new Uint8Array(records.length);
    this.#limit = settings.firstAlone ? 1 : records.length;
    this.#failedAt = records.length;
  }

  /**
   * Runs until every record that may start has finished, or the deadline is reached. What a handler throws
   * never comes out of here.
   */
  async run(): Promise<Outcome> {
    await this.#runToLimit();
    if (this.#firstAlone && this.#states[0] === RecordState.succeeded) {
      this.#limit = this.#records.length;
      await this.#runToLimit();
    }
    return this.#outcome();
  }

  /** Runs the records before the limit, until it has finished or the deadline is reached. */
  async #runToLimit(): Promise<void> {
    const pending = this.#runInOrder();
    if (pending === undefined) return;
    const workers = this.#runLanes(pending);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#deadline.onReached(() => {
          // The answer is decided here: handlers that are still running settle into nothing.
          this.#answered = true;
          this.#limit = 0;
          resolve();
        });
        workers.then(resolve, reject);
      });
    } finally {
      this.#deadline.stop();
    }
  }

  /**
   * The synchronous stretch. Returns at the end, at a failure, at the deadline, or with the first thenable,
   * which belongs to the record before the cursor.
   */
  #runInOrder(): PromiseLike<unknown> | undefined {
    for (let index = this.#take(); index !== -1; index = this.#take()) {
      try {
        // biome-ignore lint/style/noNonNullAssertion: the index is below records.length
        const result = this.#callbacks.handle(this.#records[index]!);
        if (isThenable(result)) return result;
        if (isUnfinished(result)) return refuseUnfinished(result);
        this.#states[index] = RecordState.succeeded;
      } catch (error) {
        this.#fail(index, error);
      }
    }
    return undefined;
  }

  async #runLanes(pending: PromiseLike<unknown>): Promise<void> {
    const lanes = new Lanes(this.#records, this.#lanes);
    const first = this.#cursor - 1;
    lanes.enter(first);
    const workers = [this.#follow(lanes, first, pending)];
    while (workers.length < this.#concurrency) {
      const index = this.#takeFree(lanes);
      if (index === -1) break;
      workers.push(this.#follow(lanes, index, undefined));
    }
    await Promise.all(workers);
  }

  /** One worker: follows lanes from record to record until nothing may start. */
  async #follow(lanes: Lanes, first: number, started: PromiseLike<unknown> | undefined): Promise<void> {
    let result: unknown = started;
    for (let index = first; index !== -1; index = this.#next(lanes, index)) {
      try {
        // biome-ignore lint/style/noNonNullAssertion: the index is below records.length
        result ??= this.#callbacks.handle(this.#records[index]!);
        if (isThenable(result)) result = await result;
        if (isUnfinished(result)) await refuseUnfinished(result);
        if (this.#answered) return;
        this.#states[index] = RecordState.succeeded;
        result = undefined;
      } catch (error) {
        // Whatever is left below the new limit is linked in a lane that another worker follows.
        this.#fail(index, error);
        return;
      }
    }
  }

  #next(lanes: Lanes, index: number): number {
    const behind = lanes.after(index);
    if (behind === -1) return this.#takeFree(lanes);
    return behind < this.#limit && !this.#stopAtDeadline() ? behind : -1;
  }

  /** The next record whose lane no worker follows; those met before it are linked into theirs. */
  #takeFree(lanes: Lanes): number {
    let index = this.#take();
    while (index !== -1 && !lanes.enter(index)) index = this.#take();
    return index;
  }

  /** The next record that has to be handled, or -1 when none may start. */
  #take(): number {
    return this.#cursor < this.#limit && !this.#stopAtDeadline() ? this.#cursor++ : -1;
  }

  #stopAtDeadline(): boolean {
    if (!this.#deadline.reached()) return false;
    this.#limit = 0;
    return true;
  }

  #fail(index: number, error: unknown): void {
    if (this.#answered) return;
    this.#states[index] = RecordState.failed;
    if (index < this.#failedAt) {
      this.#failedAt = index;
      this.#error = error;
    }
    // At the deadline the limit is lower already.
    if (index < this.#limit) this.#limit = index;
    this.#callbacks.failed(index, error);
  }

  #outcome(): Outcome {
    let [succeeded, failed] = [0, 0];
    let checkpoint = this.#states.length;
    for (let index = checkpoint - 1; index >= 0; index--) {
      const state = this.#states[index];
      if (state === RecordState.succeeded) succeeded++;
      else {
        checkpoint = index;
        if (state === RecordState.failed) failed++;
      }
    }
    return { states: this.#states, checkpoint, succeeded, failed, error: this.#error };
  }
}
