import { compareSequenceNumbers } from '../record/sequence-number.ts';
import type { Deadline } from './deadline.ts';

/**
 * Delays the response of an invocation past the deadline, for work that has to end first.
 *
 * Lambda freezes the sandbox after the response, unless it is on Managed Instances. A lock whose release is under way then stays until the sandbox
 * thaws, if it ever does. So the response waits for such work, at most until half of the reserve is left: the rest
 * is for `onBatch` and for the response itself.
 */
export class DelayedResponse {
  readonly #deadline: Deadline;
  readonly #end: Deadline;
  readonly #work: Set<Promise<unknown>> = new Set();
  #release: (() => void) | undefined;
  /** The lowest sequence number that has failed. */
  #failedAt: string | undefined;

  constructor(deadline: Deadline) {
    this.#deadline = deadline;
    this.#end = deadline.withReserve(deadline.reserveMs / 2);
  }

  /** Aborts at the deadline. */
  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** Returns true when the deadline is reached, and aborts the signal then. */
  reached(): boolean {
    return this.#deadline.reached();
  }

  /** Milliseconds until the deadline; Infinity without a clock. */
  leftMs(): number {
    return this.#deadline.leftMs();
  }

  /** Milliseconds until the response waits no longer; Infinity without a clock. */
  heldMs(): number {
    return this.#end.leftMs();
  }

  /** Notes that a record has failed: the response will name it, or an earlier one. */
  failed(sequenceNumber: string): void {
    if (!this.isPastFailure(sequenceNumber)) this.#failedAt = sequenceNumber;
  }

  /** Returns true if an earlier record has failed. Lambda then delivers this one again, even if it succeeds. */
  isPastFailure(sequenceNumber: string): boolean {
    return this.#failedAt !== undefined && compareSequenceNumbers(this.#failedAt, sequenceNumber) < 0;
  }

  /** Delays the response until the work has settled, either way. */
  hold(work: Promise<unknown>): void {
    this.#work.add(work);
    const settled = (): void => {
      this.#work.delete(work);
      if (this.#work.size === 0) this.#release?.();
    };
    work.then(settled, settled);
  }

  /** Resolves when all work has settled, or when the time is over. Undefined when there is no work now. */
  released(): Promise<void> | undefined {
    if (this.#work.size === 0) return undefined;
    return new Promise<void>((resolve) => {
      this.#release = resolve;
      this.#end.onReached(resolve);
    }).finally(() => this.#end.stop());
  }
}
