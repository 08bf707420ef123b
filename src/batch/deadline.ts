import { DeadlineError } from '../errors.ts';
import type { DelayedResponse } from './delayed-response.ts';

/**
 * A context whose clock a test moves has a method of this name: it calls back whenever the clock was moved, and
 * returns what ends that. A timer alone would not notice, as it waits in real time.
 */
export const onClockMoved: unique symbol = Symbol.for('streamlane.onClockMoved');

/** The part of the Lambda context that tells the time. */
export interface Countdown {
  getRemainingTimeInMillis?(): number;
  [onClockMoved]?(listener: () => void): () => void;
}

/** The longest delay that setTimeout accepts, 31 bits of milliseconds. With a longer one it fires at once. */
export const MAX_TIMEOUT_MS: number = 2 ** 31 - 1;

/** The moment after which no record starts: `reserveMs` before Lambda would end the invocation. */
export class Deadline {
  /** The answer that is due then, once something holds it. */
  answer: DelayedResponse | undefined;
  /** Milliseconds between the deadline and the end of the invocation. */
  readonly reserveMs: number;
  readonly #countdown: Countdown | undefined;
  #controller: AbortController | undefined;
  #expired = false;
  #timer: NodeJS.Timeout | undefined;
  #forgetClock: (() => void) | undefined;

  constructor(countdown: Countdown | undefined, reserveMs: number) {
    // Tests pass contexts without a clock: then there is no deadline.
    this.#countdown = typeof countdown?.getRemainingTimeInMillis === 'function' ? countdown : undefined;
    this.reserveMs = reserveMs;
  }

  /** Milliseconds until Lambda ends the invocation; Infinity without a clock. */
  remainingMs(): number {
    return this.#countdown?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until the deadline; Infinity without a clock. */
  leftMs(): number {
    return this.remainingMs() - this.reserveMs;
  }

  /** A second deadline on the same clock. */
  withReserve(reserveMs: number): Deadline {
    return new Deadline(this.#countdown, reserveMs);
  }

  /** Returns true when no further record may start, and from then on always. */
  reached(): boolean {
    if (!this.#expired && this.leftMs() < 0) this.end();
    return this.#expired;
  }

  /** Aborts at the deadline, with a DeadlineError as its reason. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#expired) this.end();
    }
    return this.#controller.signal;
  }

  /** Calls back at the deadline, until `stop` is called. */
  onReached(callback: () => void): void {
    this.#forgetClock ??= this.#countdown?.[onClockMoved]?.(() => {
      if (this.reached()) callback();
    });
    const left = this.leftMs();
    // Infinity, or a clock that gives no number: a timer for that would fire at once, again and again.
    if (!(left < Number.POSITIVE_INFINITY)) return;
    this.#timer = setTimeout(
      () => {
        // Timers may fire a little early, and the context's clock is the one that counts.
        if (this.reached()) callback();
        else this.onReached(callback);
      },
      Math.min(Math.max(left + 1, 0), MAX_TIMEOUT_MS),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#forgetClock?.();
    this.#forgetClock = undefined;
  }

  /** Counts as reached from now on. */
  end(): void {
    this.#expired = true;
    this.#controller?.abort(new DeadlineError(this.reserveMs));
  }
}
