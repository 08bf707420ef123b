import {
  type IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
} from '@aws-lambda-powertools/idempotency';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBRecord } from 'aws-lambda';
import type { DelayedResponse } from '../../batch/delayed-response.ts';
import { pause } from '../../promise/pause.ts';
import { backoffMs } from '../../sinks/batcher/backoff.ts';
import { LockExpiry } from './lock-expiry.ts';
import { LockOwner, type StoreCall } from './lock-owner.ts';
import { errorName, isWorthATry, storeFailure } from './store-failure.ts';
import { withTimeout } from './timing.ts';
import { unlock } from './unlock.ts';

/** The parts of the user's persistence layer that are called. */
export interface Store {
  configure(options: { readonly config: IdempotencyConfig; readonly keyPrefix?: string }): void;
  saveInProgress(data: DynamoDBRecord, remainingTimeInMillis: number): Promise<void>;
  saveSuccess(data: DynamoDBRecord, result: unknown): Promise<void>;
  deleteRecord(data: DynamoDBRecord): Promise<void>;
  getRecord(data: DynamoDBRecord): Promise<IdempotencyRecord>;
  processExistingRecord(known: IdempotencyRecord, data: DynamoDBRecord): IdempotencyRecord;
}

/** Callbacks of a record's lock. */
export interface LockEvents {
  /** The record waits for long, for another sandbox's lock or for the store. Told once. */
  waiting(reason: WaitReason): void;
  /** The lock could not be removed: it stays until it ends by itself. */
  stuck(error: unknown): void;
}

/** Why a record waits. */
export interface WaitReason {
  /** When another sandbox's lock ends by itself. */
  readonly lockedUntil?: Date;
  /** The error of the store. */
  readonly error?: unknown;
}

/** A lock that could not be taken yet. */
interface Refusal {
  /** Thrown if there is no time to wait. */
  readonly error: unknown;
  readonly reason: WaitReason;
  /** Milliseconds until it ends by itself. */
  readonly endsInMs: number;
}

/** Kept back before the deadline, and before the answer: so a failing call can still say why. */
const MARGIN_MS = 50;

/** One call of the store takes this long at most. By default the SDK waits for ever for an answer that is lost. */
const CALL_MS = 3000;
const MIN_CALL_MS = 100;

/** A handler's error waits this long at most for the lock to be removed. */
const UNLOCK_MS = 1000;

/** After so many tries a wait is worth a log entry: about half a second. */
const TRIES_BEFORE_NOTICE = 5;

/**
 * The lock of one record in one invocation: a persistence layer between Powertools and the user's.
 *
 * ```text
 *   put -- taken ------------------------------ handler -- note, or unlock when it failed
 *       -- refused, own lock (lost answer) ---- handler -- ...
 *       -- refused, noted as done ------------- the record counts as handled
 *       -- refused, another sandbox's lock ---- wait, put again
 *       -- failed, may pass ------------------- wait, put again
 * ```
 *
 * Each failed invocation uses up one of the mapping's retries. So whatever waiting may mend is waited for here, until
 * shortly before the deadline. Once an earlier record has failed there is nothing to gain, and the answer is due.
 */
export class RecordLock {
  readonly #store: Store;
  readonly #answer: DelayedResponse;
  readonly #sequenceNumber: string;
  readonly #events: LockEvents;
  readonly #expiry: LockExpiry;
  readonly #owner: LockOwner;
  /** True if the store may hold the lock although its put has failed. */
  #inDoubt = false;
  /** Why the last put did not take the lock. */
  #refusal: Refusal | undefined;
  /** Puts in a row that failed. */
  #failures = 0;
  #noticed = false;

  /**
   * @param sequenceNumber the record's
   * @param remainingMs what the invocation has left: the lock ends with it
   */
  constructor(
    store: Store,
    answer: DelayedResponse,
    sequenceNumber: string,
    remainingMs: number,
    events: LockEvents,
  ) {
    this.#store = store;
    this.#answer = answer;
    this.#sequenceNumber = sequenceNumber;
    this.#events = events;
    this.#expiry = new LockExpiry(remainingMs);
    this.#owner = new LockOwner(store);
  }

  configure(options: Parameters<Store['configure']>[0]): void {
    this.#store.configure(options);
  }

  /** Takes the lock. Throws IdempotencyItemAlreadyExistsError with what the store has, or the store's own error. */
  async saveInProgress(data: DynamoDBRecord): Promise<void> {
    try {
      await this.#take(data);
    } catch (error) {
      if (this.#inDoubt && this.#owner.sent) this.#release(data);
      throw error;
    }
  }

  /** Notes the record as done. */
  async saveSuccess(data: DynamoDBRecord, result: unknown): Promise<void> {
    await this.#retry(() => this.#store.saveSuccess(data, result));
  }

  /** Removes the lock. The handler's error does not wait for a store that is in trouble; the answer does. */
  async deleteRecord(data: DynamoDBRecord): Promise<void> {
    const released = new AbortController();
    void this.#release(data).then(() => released.abort());
    // Whichever comes first, and no timer is left.
    await pause(UNLOCK_MS, AbortSignal.any([this.#answer.signal, released.signal]));
  }

  /** Compares the record with the completed work. As long as another sandbox holds it, none is completed. */
  processExistingRecord(known: IdempotencyRecord, data: DynamoDBRecord): IdempotencyRecord {
    return known.getStatus() === 'COMPLETED' ? this.#store.processExistingRecord(known, data) : known;
  }

  async #take(data: DynamoDBRecord): Promise<void> {
    for (let tries = 1; ; tries++) {
      const refusal = await this.#put(data);
      if (refusal === undefined) return;
      this.#refusal = refusal;
      this.#notice(tries, refusal.reason);
      await pause(Math.min(backoffMs(tries), refusal.endsInMs, this.#waitableMs()), this.#answer.signal);
      if (this.#waitableMs() <= 0 || this.#answer.isPastFailure(this.#sequenceNumber)) throw refusal.error;
    }
  }

  /** Undefined when the lock is taken. Throws when no waiting helps: the failure is final, or the record is done. */
  async #put(data: DynamoDBRecord): Promise<Refusal | undefined> {
    const call = this.#owner.call();
    try {
      const put = () =>
        this.#expiry.send((leftMs) => call.run(() => this.#store.saveInProgress(data, leftMs)));
      // The first put may take as long as it needs. A later one must not keep the reason from being reported.
      const maxMs = this.#refusal === undefined ? CALL_MS : this.#waitableMs();
      await withTimeout(put, Math.min(maxMs, this.#callMs()));
      return undefined;
    } catch (error) {
      if (errorName(error) !== 'IdempotencyItemAlreadyExistsError') return this.#failed(error);
      const { existingRecord } = error as IdempotencyItemAlreadyExistsError;
      return existingRecord === undefined ? await this.#ask(data) : this.#refused(existingRecord, call);
    }
  }

  /** Asks what the put was refused for, where the persistence layer does not say it. */
  async #ask(data: DynamoDBRecord): Promise<Refusal | undefined> {
    const call = this.#owner.call();
    try {
      return this.#refused(await this.#call(() => call.run(() => this.#store.getRecord(data))), call);
    } catch (error) {
      const { existingRecord } = error as { readonly existingRecord?: IdempotencyRecord };
      if (errorName(error) === 'IdempotencyItemAlreadyExistsError') throw error;
      return existingRecord === undefined ? this.#failed(error) : this.#refused(existingRecord, call);
    }
  }

  #refused(known: IdempotencyRecord, call: StoreCall): Refusal | undefined {
    this.#failures = 0;
    const { inProgressExpiryTimestamp: expiry } = known;
    const error = new IdempotencyItemAlreadyExistsError('The store knows the record.', known);
    if (known.getStatus() === 'COMPLETED') throw error;
    // Only where the store does not say whose lock it is, its end has to tell.
    if (call.isOwn ?? this.#expiry.isOwn(expiry)) return undefined;
    if (expiry === undefined) return { error, reason: {}, endsInMs: Number.POSITIVE_INFINITY };
    // The store's condition is that the lock has ended, not that it ends.
    const endsInMs = expiry - Date.now() + 1;
    return {
      error,
      reason: { lockedUntil: new Date(expiry) },
      // A store with a clock of its own may hold it for longer.
      endsInMs: endsInMs > 0 ? endsInMs : Number.POSITIVE_INFINITY,
    };
  }

  #failed(error: unknown): Refusal {
    const failure = storeFailure(error);
    if (failure !== 'final') this.#inDoubt = true;
    const leftMs = this.#waitableMs();
    if (!isWorthATry(failure, ++this.#failures, leftMs))
      throw leftMs > 0 ? error : (this.#refusal?.error ?? error);
    return { error, reason: { error }, endsInMs: Number.POSITIVE_INFINITY };
  }

  /** Tries until the store has done it or the answer waits no longer. */
  async #retry(call: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#call(call);
      } catch (error) {
        const leftMs = this.#answer.heldMs() - MARGIN_MS;
        if (!isWorthATry(storeFailure(error), tries, leftMs)) throw error;
        this.#notice(tries, { error });
        await pause(Math.min(backoffMs(tries), leftMs));
      }
    }
  }

  #release(data: DynamoDBRecord): Promise<void> {
    const released = this.#retry(() => unlock(this.#store, data, this.#expiry, this.#owner)).catch((error) =>
      this.#events.stuck(error),
    );
    this.#answer.hold(released);
    return released;
  }

  #call<T>(call: () => Promise<T>): Promise<T> {
    return withTimeout(call, this.#callMs());
  }

  /** Half of the remaining time at most, so that there is time for another try. */
  #callMs(): number {
    return Math.min(CALL_MS, Math.max(MIN_CALL_MS, this.#answer.heldMs() / 2));
  }

  /** Milliseconds for which a lock may be waited for. Without a clock, for as long as the lock itself would last. */
  #waitableMs(): number {
    return Math.min(this.#answer.leftMs(), this.#expiry.leftMs()) - MARGIN_MS;
  }

  #notice(tries: number, reason: WaitReason): void {
    if (this.#noticed || tries < TRIES_BEFORE_NOTICE) return;
    this.#noticed = true;
    this.#events.waiting(reason);
  }
}
