import type { Flight } from './flight.ts';

/** What a sink puts into a request, as far as a batch is concerned. */
export interface Payload {
  /** Bytes that count against the limit of a request. */
  readonly bytes: number;
  /** Of the payloads with one key, one travels at a time, in the order that they came in. */
  readonly orderKey?: string | undefined;
}

/** Why the target did not accept an entry. */
export interface Refusal {
  /** The target's own code, such as `InternalError`. */
  readonly code: string;
  /** The target's own words. They may quote the message, so they are a `cause` and never part of an error's message. */
  readonly cause?: unknown;
  /** Whether the same entry may be accepted later. */
  readonly retryable: boolean;
}

/** One call of `send`, until it is settled. */
export class Entry<P extends Payload> {
  readonly payload: P;
  readonly signal: AbortSignal | undefined;
  /** The request that it is part of at the moment. */
  flight: Flight | undefined;
  /** Requests that it was part of and that did not fail for another entry. */
  attempts = 0;
  settled = false;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    payload: P,
    signal: AbortSignal | undefined,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.payload = payload;
    this.signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  accept(): void {
    this.settled = true;
    this.#resolve();
  }

  fail(error: unknown): void {
    this.settled = true;
    this.#reject(error);
  }
}
