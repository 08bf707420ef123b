import type { SinkError } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import { Entry, type Payload, type Refusal } from './entry.ts';
import { Flight } from './flight.ts';
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
  /** Bytes in one entry, at most, where that is less than a request may have. */
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
 * - Calls of one turn of the event loop travel together: when a request resolves ten calls at once, the ten lanes that
 *   they belong to come back with their next ones in that same turn. There is no other wait.
 * - While `concurrency` requests are under way, entries gather for the next one.
 * - Of the entries with one key, one is under way at a time: none overtakes another, however often that is tried again.
 * - A refused entry fails alone; one that may be accepted later is tried again alone, until its deadline.
 * - At the deadline every entry is settled, sent or not: the record is delivered again, and an entry that went out
 *   later would come after its successor.
 */
export class MicroBatcher<P extends Payload> {
  readonly #settings: BatcherSettings<P>;
  /** What may be sent, in order. A set, as entries leave it from anywhere at their deadline. */
  readonly #ready: Set<Entry<P>> = new Set();
  /** Batches that go out as they are: the halves of a request that was refused for one of its entries. */
  readonly #halves: Entry<P>[][] = [];
  /** Key -> what waits behind the entry that is under way. */
  readonly #behind: Map<string, Entry<P>[]> = new Map();
  /** Signal -> the entries that it ends. One listener for all: a batch may have thousands. */
  readonly #bound: Map<AbortSignal, Set<Entry<P>>> = new Map();
  readonly #flightOf: Map<Entry<P>, Flight> = new Map();
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
    if (payload.bytes > maxEntryBytes) {
      return Promise.reject(tooLarge(target, payload.bytes, maxEntryBytes));
    }
    if (signal?.aborted) return Promise.reject(deadlinePassed(target, signal.reason));
    return new Promise((resolve, reject) => {
      const entry = new Entry(payload, signal, resolve, reject);
      this.#bind(entry);
      this.#queue(entry);
    });
  }

  #queue(entry: Entry<P>): void {
    const key = entry.payload.orderKey;
    if (key !== undefined) {
      const behind = this.#behind.get(key);
      if (behind !== undefined) {
        behind.push(entry);
        return;
      }
      this.#behind.set(key, []);
    }
    this.#ready.add(entry);
    this.#schedule();
  }

  /** Not a microtask: the lanes that one response has woken need several of those until they send again. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#flights < this.#settings.concurrency) {
        const half = this.#halves.shift();
        const entries = half === undefined ? this.#take() : this.#unsettled(half);
        if (entries.length > 0) void this.#send(entries);
        else if (half === undefined) return;
      }
    });
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
    for (const entry of entries) {
      entry.attempts++;
      this.#flightOf.set(entry, flight);
    }
    this.#flights++;
    let refusals: readonly (Refusal | undefined)[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      refusals = await flight.fly((signal) =>
        request(
          entries.map(({ payload }) => payload),
          signal,
        ),
      );
    } catch (error) {
      failure = { error };
    }
    this.#flights--;
    for (const entry of entries) this.#flightOf.delete(entry);
    if (failure !== undefined) this.#requestFailed(entries, failure.error);
    else this.#answered(entries, refusals);
    this.#schedule();
  }

  #answered(entries: readonly Entry<P>[], refusals: readonly (Refusal | undefined)[]): void {
    const { target } = this.#settings;
    const again: Entry<P>[] = [];
    entries.forEach((entry, index) => {
      const refusal = refusals[index];
      if (entry.settled) this.#next(entry);
      else if (refusal === undefined) this.#settle(entry, undefined);
      else if (refusal.retryable && entry.attempts < this.#settings.attempts) again.push(entry);
      else this.#settle(entry, refused(target, refusal, entry.attempts));
    });
    this.#retry(again);
  }

  #requestFailed(entries: readonly Entry<P>[], error: unknown): void {
    const failure = requestFailure(error);
    const left = this.#unsettled(entries);
    if (failure === 'content' && left.length > 1) {
      // Which one it is AWS does not say. The others must not fail with it.
      for (const entry of left) entry.attempts--;
      const middle = Math.ceil(left.length / 2);
      this.#halves.push(left.slice(0, middle), left.slice(middle));
      return;
    }
    const again: Entry<P>[] = [];
    for (const entry of left) {
      if (failure === 'transient' && entry.attempts < this.#settings.attempts) again.push(entry);
      else this.#settle(entry, this.#failureOf(failure, error, entry.attempts));
    }
    this.#retry(again);
  }

  #failureOf(failure: 'transient' | 'target' | 'content', error: unknown, attempts: number): SinkError {
    const { target } = this.#settings;
    if (failure !== 'content') {
      return requestFailed(target, failureName(error), failure === 'transient', attempts, error);
    }
    return refused(target, { code: failureName(error), cause: error, retryable: false }, attempts);
  }

  /** What was refused together waits together, so that it travels together again. */
  #retry(entries: readonly Entry<P>[]): void {
    if (entries.length === 0) return;
    setTimeout(
      () => {
        for (const entry of this.#unsettled(entries)) this.#ready.add(entry);
        this.#schedule();
      },
      backoffMs(Math.max(...entries.map(({ attempts }) => attempts))),
    );
  }

  /** Those that are still waited for; the others make way for what is behind them. */
  #unsettled(entries: readonly Entry<P>[]): Entry<P>[] {
    return entries.filter((entry) => {
      if (entry.settled) this.#next(entry);
      return !entry.settled;
    });
  }

  #settle(entry: Entry<P>, error: SinkError | undefined): void {
    this.#unbind(entry);
    if (error === undefined) entry.accept();
    else entry.fail(error);
    this.#next(entry);
  }

  /** Lets the next entry with the same key go. */
  #next(entry: Entry<P>): void {
    const key = entry.payload.orderKey;
    if (key === undefined) return;
    const behind = this.#behind.get(key);
    let next = behind?.shift();
    while (next?.settled) next = behind?.shift();
    if (next === undefined) this.#behind.delete(key);
    else this.#ready.add(next);
  }

  #bind(entry: Entry<P>): void {
    const { signal } = entry;
    if (signal === undefined) return;
    const bound = this.#bound.get(signal);
    if (bound !== undefined) {
      bound.add(entry);
      return;
    }
    this.#bound.set(signal, new Set([entry]));
    signal.addEventListener('abort', this.#deadline, { once: true });
  }

  #unbind(entry: Entry<P>): void {
    const { signal } = entry;
    if (signal === undefined) return;
    const bound = this.#bound.get(signal);
    bound?.delete(entry);
    if (bound?.size !== 0) return;
    this.#bound.delete(signal);
    signal.removeEventListener('abort', this.#deadline);
  }

  readonly #deadline = ({ target: signal }: { readonly target: EventTarget | null }): void => {
    const bound = this.#bound.get(signal as AbortSignal);
    this.#bound.delete(signal as AbortSignal);
    for (const entry of bound ?? []) {
      entry.fail(deadlinePassed(this.#settings.target, (signal as AbortSignal).reason));
      // Whether one that is under way was accepted, nobody will know; its key is free when the request has ended.
      const flight = this.#flightOf.get(entry);
      if (flight !== undefined) flight.leave();
      else if (this.#ready.delete(entry)) this.#next(entry);
    }
    this.#schedule();
  };
}
