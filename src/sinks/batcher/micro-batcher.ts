// A binding of its own, which the fake timers of a test leave alone.
import { setImmediate } from 'node:timers';
import type { SinkError } from '../../errors.ts';
import { OrderKeys } from '../message/order-keys.ts';
import { backoffMs } from './backoff.ts';
import { Deadlines } from './deadlines.ts';
import { type Ends, Entry, type Payload, type Refusal } from './entry.ts';
import type { Fault } from './fault.ts';
import { InFlightRequest } from './in-flight-request.ts';
import { awsRefusal } from './request-failure.ts';
import { deadlinePassed, refused, requestFailed, targetFailed, tooLarge } from './sink-errors.ts';

/** The target of a {@link MicroBatcher}, and its limits. */
export interface BatcherSettings<P extends Payload> {
  /** The target, for errors. */
  readonly target: string;
  /** The most entries of one request. */
  readonly maxEntries: number;
  /** Bytes in one request, at most. */
  readonly maxBytes: number;
  /** Bytes in one entry, at most. @defaultValue `maxBytes` */
  readonly maxEntryBytes?: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  /** Requests that an entry may be part of before it fails. */
  readonly attempts: number;
  /** How long a request may take before it is tried again. */
  readonly requestTimeoutMs: number;
  /**
   * Makes one request.
   *
   * @returns a refusal or undefined for each payload, in their order
   */
  request(payloads: readonly P[], signal: AbortSignal): Promise<readonly (Refusal | undefined)[]>;
  /** Reads what a request has thrown. @defaultValue as an error of the SDK */
  readonly refusalOf?: (error: unknown) => Refusal;
}

/** A failed entry, while it is not known whether the target accepts others. */
interface Suspect<P extends Payload> {
  readonly entry: Entry<P>;
  readonly refusal: Refusal;
  /** True if it has failed again after the failure that lets other entries pass first. */
  readonly again: boolean;
}

/** A request that is made up already: half of one that failed for one of its entries. */
interface Half<P extends Payload> {
  readonly entries: readonly Entry<P>[];
  readonly refusal: Refusal;
}

/** Where one entry may be the reason, the others are tried without it. */
const MAY_BE_THE_MESSAGE: ReadonlySet<Fault> = new Set(['message', 'unproven', 'unknown']);

/** As many that fail alone, one after the other, show that the target is at fault, without splitting the rest. */
const MAX_SUSPECTS = 10;

/**
 * Makes few requests of many calls.
 *
 * - Calls of one turn of the event loop travel together: when a response resolves ten calls, the ten lanes that made them
 *   come back with their next ones in that same turn. There is no other wait.
 * - While `concurrency` requests are under way, entries gather for the next one.
 * - Of the entries with one key, one is under way at a time: none overtakes another, however often that is tried again.
 * - A refused entry fails alone; one that may be accepted later is tried again alone, until its deadline.
 * - An entry is at fault where AWS documents that, or where it fails alone while others pass. Else the target is.
 * - At the deadline every entry is settled, sent or not: its record is delivered again, and what went out later would
 *   come after its successors.
 */
export class MicroBatcher<P extends Payload> {
  readonly #settings: BatcherSettings<P>;
  /** Entries that may be sent, in order. A set, because entries leave it from any place at their deadline. */
  readonly #ready: Set<Entry<P>> = new Set();
  /** Entries that wait to be tried again. */
  readonly #waitingAgain: Set<Entry<P>> = new Set();
  #halves: Half<P>[] = [];
  #suspects: Suspect<P>[] = [];
  readonly #keys: OrderKeys<P> = new OrderKeys();
  readonly #deadlines: Deadlines<P> = new Deadlines((entries) => this.#deadlineReached(entries));
  #inFlight = 0;
  /** Requests made so far: each has its number. */
  #requests = 0;
  /** The latest request of which something was accepted. */
  #lastAccepted = 0;
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
  add(payload: P, ends: Ends = {}): Promise<void> {
    const { target, maxBytes, maxEntryBytes = maxBytes } = this.#settings;
    return new Promise((resolve, reject) => {
      if (payload.bytes > maxEntryBytes) throw tooLarge(target, payload.bytes, maxEntryBytes);
      const entry = new Entry(payload, ends, resolve, reject);
      const ended = entry.ended();
      if (ended !== undefined) throw deadlinePassed(target, ended.reason);
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
    while (this.#inFlight < this.#settings.concurrency) {
      const half = this.#halves.shift();
      const entries = half === undefined ? this.#take() : this.#waiting(half.entries);
      if (entries.length > 0) void this.#send(entries);
      else if (half === undefined) break;
    }
    // Nothing is under way that could show whether the target accepts others.
    if (this.#inFlight === 0) this.#blameTarget();
  }

  #take(): Entry<P>[] {
    const { maxEntries, maxBytes } = this.#settings;
    const entries: Entry<P>[] = [];
    let bytes = 0;
    for (const entry of this.#ready) {
      // May end it, and others with it: a signal lags behind the clock while code runs that never waits.
      if (entry.ended() !== undefined) continue;
      bytes += entry.payload.bytes;
      if (entries.length === maxEntries || (bytes > maxBytes && entries.length > 0)) break;
      this.#ready.delete(entry);
      entries.push(entry);
    }
    return entries;
  }

  async #send(entries: readonly Entry<P>[]): Promise<void> {
    const { request, requestTimeoutMs } = this.#settings;
    const inFlight = new InFlightRequest(entries.length, requestTimeoutMs);
    for (const entry of entries) entry.inFlight = inFlight;
    this.#inFlight++;
    const number = ++this.#requests;
    const payloads = entries.map(({ payload }) => payload);
    const [first] = entries as readonly [Entry<P>];
    const outcome = await inFlight
      // Else its logs and its trace would be those of the invocation that happened to start the batcher.
      .run((signal) => first.runInAsyncScope(() => request(payloads, signal)))
      .then(
        (refusals) => () => this.#answered(entries, refusals, number),
        (error: unknown) => () => this.#failed(entries, error),
      );
    this.#inFlight--;
    for (const entry of entries) entry.inFlight = undefined;
    outcome();
    this.#schedule();
  }

  #answered(entries: readonly Entry<P>[], refusals: readonly (Refusal | undefined)[], number: number): void {
    const { target } = this.#settings;
    const accepted = entries.some((_, index) => refusals[index] === undefined);
    if (accepted) this.#lastAccepted = Math.max(this.#lastAccepted, number);
    const again: Entry<P>[] = [];
    entries.forEach((entry, index) => {
      const refusal = refusals[index];
      entry.attempts++;
      if (entry.settled) this.#leave(entry);
      else if (refusal === undefined) this.#settle(entry, undefined);
      else if (refusal.fault === 'passing' && this.#mayTryAgain(entry)) again.push(entry);
      // One that is named while others of its request are accepted is at fault.
      else if (refusal.fault === 'passing' || (refusal.fault === 'unproven' && accepted)) {
        this.#settle(entry, refused(target, refusal, entry.attempts));
      } else this.#settleOrSuspect(entry, refusal);
    });
    this.#retry(again);
    if (accepted) this.#targetAccepts();
  }

  #failed(entries: readonly Entry<P>[], cause: unknown): void {
    const { refusalOf = awsRefusal } = this.#settings;
    const refusal = refusalOf(cause);
    const { fault } = refusal;
    const waiting = this.#waiting(entries);
    if (MAY_BE_THE_MESSAGE.has(fault) && waiting.length > 1) {
      // The target does not say for which one. The others must not fail with it.
      for (const entry of waiting) entry.failedBefore ??= this.#requests;
      const middle = Math.ceil(waiting.length / 2);
      const halves = [waiting.slice(0, middle), waiting.slice(middle)];
      this.#halves.unshift(...halves.map((entries) => ({ entries, refusal })));
      return;
    }
    const again: Entry<P>[] = [];
    for (const entry of waiting) {
      entry.attempts++;
      if (fault !== 'passing' && fault !== 'unreachable') this.#settleOrSuspect(entry, refusal);
      else if (this.#mayTryAgain(entry)) again.push(entry);
      else if (fault === 'unreachable') this.#settle(entry, targetFailed(this.#settings.target, refusal));
      else this.#settle(entry, requestFailed(this.#settings.target, refusal, entry.attempts));
    }
    this.#retry(again);
  }

  #mayTryAgain(entry: Entry<P>): boolean {
    return entry.attempts < this.#settings.attempts;
  }

  /** Settles an entry that failed alone, or keeps it as a suspect until it is known if the entry or the target is at fault. */
  #settleOrSuspect(entry: Entry<P>, refusal: Refusal): void {
    const { target } = this.#settings;
    const again = entry.failedBefore !== undefined;
    entry.failedBefore ??= this.#requests;
    if (refusal.fault === 'target') this.#settle(entry, targetFailed(target, refusal));
    else if (refusal.fault === 'message' || (again && this.#lastAccepted > entry.failedBefore)) {
      this.#settleAtFault(entry, refusal);
    } else if (this.#suspects.push({ entry, refusal, again }) >= MAX_SUSPECTS) this.#blameTarget();
  }

  /** Others pass: a message that failed twice is at fault. One that failed once is tried again, to be sure. */
  #targetAccepts(): void {
    this.#suspects = this.#suspects.filter(({ entry, refusal, again }) => {
      if (this.#lastAccepted <= Number(entry.failedBefore)) return true;
      if (entry.settled) this.#leave(entry);
      else if (again) this.#settleAtFault(entry, refusal);
      else this.#ready.add(entry);
      return false;
    });
  }

  /** Others pass, and this one does not. A failure that may mean anything is still no proof that it never will. */
  #settleAtFault(entry: Entry<P>, refusal: Refusal): void {
    const { target } = this.#settings;
    const unknown = refusal.fault === 'unknown';
    this.#settle(entry, unknown ? targetFailed(target, refusal) : refused(target, refusal, entry.attempts));
  }

  /** Nothing passes: messages that failed, and requests that would only be split further, fail with the target. */
  #blameTarget(): void {
    const { target } = this.#settings;
    const failed = this.#suspects.map(({ entry, refusal }) => ({ entries: [entry], refusal }));
    const halves = this.#halves.filter(({ refusal }) => refusal.fault !== 'message');
    if (failed.length === 0) return;
    this.#suspects = [];
    this.#halves = this.#halves.filter((half) => !halves.includes(half));
    for (const { entries, refusal } of [...failed, ...halves]) {
      for (const entry of this.#waiting(entries)) this.#settle(entry, targetFailed(target, refusal));
    }
    this.#schedule();
  }

  /** Retries entries that were refused together after one wait, so that they share a request again. */
  #retry(entries: readonly Entry<P>[]): void {
    if (entries.length === 0) return;
    const attempts = Math.max(...entries.map((entry) => entry.attempts));
    for (const entry of entries) this.#waitingAgain.add(entry);
    setTimeout(() => {
      const remaining = entries.filter((entry) => this.#waitingAgain.delete(entry));
      for (const entry of this.#waiting(remaining)) this.#ready.add(entry);
      this.#schedule();
    }, backoffMs(attempts));
  }

  /** Returns the entries that a caller still waits for, and removes the others. */
  #waiting(entries: readonly Entry<P>[]): Entry<P>[] {
    return entries.filter((entry) => {
      entry.ended();
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
      // It has another signal, too, which may live as long as the function.
      this.#deadlines.unbind(entry);
      entry.fail(deadlinePassed(this.#settings.target, entry.ended()?.reason));
      // One that is under way may be accepted yet: the messages behind it go when the request has ended.
      if (this.#ready.delete(entry) || this.#waitingAgain.delete(entry)) this.#leave(entry);
      else entry.inFlight?.leave();
    }
    this.#schedule();
  }
}
