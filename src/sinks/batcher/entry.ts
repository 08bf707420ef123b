import { AsyncResource } from 'node:async_hooks';
import type { Fault } from './fault.ts';
import type { InFlightRequest } from './in-flight-request.ts';

/** A message in a request, as the batcher sees it. */
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
  readonly fault: Fault;
  /** The cause in words, as in "the topic does not exist". Undefined where only the code is known. */
  readonly reason?: string;
  /** The advice in the error's message. @defaultValue the one for AWS's errors */
  readonly remedy?: string;
}

/** Ends of the attempts to send: the first one counts. */
export interface Ends {
  /** Its deadline ends the attempts. */
  readonly record?: { readonly deadlineSignal?: AbortSignal | undefined } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One call of `send`, until it is settled.
 *
 * It keeps the AsyncLocalStorage of that call: Lambda Managed Instances have request id and trace there, and a batcher holds
 * entries of several invocations.
 */
export class Entry<P extends Payload> extends AsyncResource {
  readonly payload: P;
  readonly #ends: Ends;
  /** The signals that end it. */
  readonly signals: readonly AbortSignal[];
  /** The request that it is part of at the moment. */
  inFlight: InFlightRequest | undefined;
  /** Requests that it was part of and that did not fail for another entry. */
  attempts = 0;
  /** The last request that was made before this entry first failed for an unproven reason. */
  failedBefore: number | undefined;
  settled = false;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;

  constructor(payload: P, ends: Ends, resolve: () => void, reject: (error: unknown) => void) {
    super('StreamlaneSend');
    this.payload = payload;
    this.#ends = ends;
    this.signals = [ends.record?.deadlineSignal, ends.signal].filter((signal) => signal !== undefined);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** The signal that has ended it, if one has. A record looks at its clock when it is asked for its own. */
  ended(): AbortSignal | undefined {
    const { record, signal } = this.#ends;
    // It may abort, and the listeners belong to the sender's invocation.
    const deadline = this.runInAsyncScope(() => record?.deadlineSignal);
    if (deadline?.aborted) return deadline;
    return signal?.aborted ? signal : undefined;
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
