import type { SinkError } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import { Deadlines } from './deadlines.ts';
import { Entry, type Payload, type Refusal } from './entry.ts';
import { Flight } from './flight.ts';
import { OrderKeys } from './order-keys.ts';
import { failureName, requestFailure } from './request-failure.ts';
import { deadlinePassed, refused, requestFailed, tooLarge } from './sink-errors.ts';

/** What a {@link MicroBatcher} sends to, and within which limits. */
export interface BatcherSettings<P extends Payload> {
  /** What is sent to, for errors. */
  readonly target: string;
  /** Entries in one request, at most. */
  readonly maxEntries: number;
  /** Bytes in one request, at most. */
  readonly maxBytes: number;
  /** Bytes in one entry, at most. @defaultValue `maxBytes` */
  readonly maxEntryBytes?: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  /** Requests that an entry may be part of before it is given up. */
  readonly attempts: number;
  /** How long a request may take before it is tried again. */
  readonly requestTimeoutMs: number;
  /**
   * Makes one request.
   *
   * @returns a refusal or undefined for each payload, in their order
   */
  request(payloads: readonly P[], signal: AbortSignal): Promise<readonly (Refusal | undefined)[]>;
}

/**
 * Makes few requests of many calls.
 *
 * - Calls of one turn of the event loop travel together: when a response resolves ten calls, the ten lanes that made them
 *   come back with their next ones in that same turn. There is no other wait.
 * - While `concurrency` requests are under way, entries gather for the next one.
 * - Of the entries with one key, one is under way at a time: none overtakes another, however often that is tried again.
 * - A refused entry fails alone; one that may be accepted later is tried again alone, until its deadline.
 * - At the deadline every entry is settled, sent or not: its record is delivered again, and what went out later would
 *   come after its successors.
 */
export class MicroBatcher<P extends Payload> {
  readonly #settings: BatcherSettings<P>;
  /** What may be sent, in order. A set, as entries leave it from anywhere at their deadline. */
  readonly #ready: Set<Entry<P>> = new Set();
  /** Requests that are made up already: the halves of one that failed for one of its entries. */
  readonly #halves: Entry<P>[][] = [];
  readonly #keys: OrderKeys<P> = new OrderKeys();
  readonly #deadlines: Deadlines<P> = new Deadlines((entries) => this.#deadlineReached(entries));
  #flights = 0;
  #scheduled = false;

  constructor(settings: BatcherSettings<P>) {
    this.#settings = settings;
  }

  /**
   * Sends one payload.
   *
   * @returns a promise that resolves when it was accepted
   * @throws SinkError by rejecting
   */
  add(payload: P, signal?: AbortSignal): Promise<void> {
    const { target, maxBytes, maxEntryBytes = maxBytes } = this.#settings;
    return new Promise((resolve, reject) => {
      if (payload.bytes > maxEntryBytes) throw tooLarge(target, payload.bytes, maxEntryBytes);
      if (signal?.aborted) throw deadlinePassed(target, signal.reason);
      const entry = new Entry(payload, signal, resolve, reject);
      this.#deadlines.bind(entry);
      if (this.#keys.enter(entry)) this.#ready.add(entry);
      this.#schedule();
    });
  }

  /** At the end of this turn, not of this microtask: lanes that a response has woken need a few until they send again. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#flights < this.#settings.concurrency) {
      const half = this.#halves.shift();
      const entries = half === undefined ? this.#take() : this.#waiting(half);
      if (entries.length > 0) void this.#send(entries);
      else if (half === undefined) return;
    }
  }

  #take(): Entry<P>[] {
    const { maxEntries, maxBytes } = this.#settings;
    const entries: Entry<P>[] = [];
    let bytes = 0;
    for (const entry of this.#ready) {
      bytes += entry.payload.bytes;
      if (entries.length === maxEntries || (bytes > maxBytes && entries.length > 0)) break;
      this.#ready.delete(entry);
      entries.push(entry);
    }
    return entries;
  }

  async #send(entries: readonly Entry<P>[]): Promise<void> {
    const { request, requestTimeoutMs } = this.#settings;
    const flight = new Flight(entries.length, requestTimeoutMs);
    for (const entry of entries) entry.flight = flight;
    this.#flights++;
    const payloads = entries.map(({ payload }) => payload);
    const outcome = await flight
      .fly((signal) => request(payloads, signal))
      .then(
        (refusals) => () => this.#answered(entries, refusals),
        (error: unknown) => () => this.#failed(entries, error),
      );
    this.#flights--;
    for (const entry of entries) entry.flight = undefined;
    outcome();
    this.#schedule();
  }

  #answered(entries: readonly Entry<P>[], refusals: readonly (Refusal | undefined)[]): void {
    const again: Entry<P>[] = [];
    entries.forEach((entry, index) => {
      const refusal = refusals[index];
      entry.attempts++;
      if (entry.settled) this.#leave(entry);
      else if (refusal === undefined) this.#settle(entry, undefined);
      else if (refusal.retryable && entry.attempts < this.#settings.attempts) again.push(entry);
      else this.#settle(entry, refused(this.#settings.target, refusal, entry.attempts));
    });
    this.#retry(again);
  }

  #failed(entries: readonly Entry<P>[], cause: unknown): void {
    const { target, attempts } = this.#settings;
    const failure = requestFailure(cause);
    const code = failureName(cause);
    const waiting = this.#waiting(entries);
    if (failure === 'content' && waiting.length > 1) {
      // AWS does not say for which one. The others must not fail with it.
      const middle = Math.ceil(waiting.length / 2);
      this.#halves.push(waiting.slice(0, middle), waiting.slice(middle));
      return;
    }
    const again: Entry<P>[] = [];
    for (const entry of waiting) {
      entry.attempts++;
      if (failure === 'content')
        this.#settle(entry, refused(target, { code, cause, retryable: false }, entry.attempts));
      else if (failure === 'transient' && entry.attempts < attempts) again.push(entry);
      else this.#settle(entry, requestFailed(target, code, failure === 'transient', entry.attempts, cause));
    }
    this.#retry(again);
  }

  /** What was refused together waits together, so that it travels together again. */
  #retry(entries: readonly Entry<P>[]): void {
    if (entries.length === 0) return;
    const attempts = Math.max(...entries.map((entry) => entry.attempts));
    setTimeout(() => {
      for (const entry of this.#waiting(entries)) this.#ready.add(entry);
      this.#schedule();
    }, backoffMs(attempts));
  }

  /** Those of the entries that somebody still waits for; the others make way. */
  #waiting(entries: readonly Entry<P>[]): Entry<P>[] {
    return entries.filter((entry) => {
      if (entry.settled) this.#leave(entry);
      return !entry.settled;
    });
  }

  #settle(entry: Entry<P>, error: SinkError | undefined): void {
    this.#deadlines.unbind(entry);
    if (error === undefined) entry.accept();
    else entry.fail(error);
    this.#leave(entry);
  }

  #leave(entry: Entry<P>): void {
    const next = this.#keys.leave(entry);
    if (next !== undefined) this.#ready.add(next);
  }

  #deadlineReached(entries: Iterable<Entry<P>>): void {
    for (const entry of entries) {
      entry.fail(deadlinePassed(this.#settings.target, entry.signal?.reason));
      // One that is under way may be accepted yet: what is behind it goes when the request has ended.
      if (this.#ready.delete(entry)) this.#leave(entry);
      else entry.flight?.leave();
    }
    this.#schedule();
  }
}
