import { nextBatch } from '../../delivery/batch-size.ts';
import type { QueuedRecord } from '../../delivery/queued-record.ts';
import { Notifier } from './notifier.ts';

export interface SlotOptions {
  readonly batchSize: number;
  /** How long a batch may wait for more records; 0: it does not. */
  readonly windowMs: number;
  /** The bytes from which on the slot has no room for another page, now. */
  readonly maxBytes: () => number;
  /** Called with the bytes of a batch that has ended. */
  readonly onHandled: (bytes: number) => void;
  /** Takes a batch to its end. @returns false when it was stopped before that */
  readonly deliver: (batch: readonly QueuedRecord[]) => Promise<boolean>;
  /** Epoch milliseconds at which `onIdle` is due, if no records came until then; undefined: never. */
  readonly idleAt?: () => number | undefined;
  /** Runs like a batch. @returns false when it was stopped */
  readonly onIdle?: () => Promise<boolean>;
}

// Read ahead while a batch is under way: enough for any batch size, and bounded when a batch fails for hours.
const MAX_RECORDS = 10_000;

/**
 * Records of a shard that are delivered in order, one batch after the other: all of them, or those of some items. A batch
 * that fails blocks its own slot alone.
 */
export class Slot {
  readonly #options: SlotOptions;
  readonly #changed: Notifier = new Notifier();
  #waiting: QueuedRecord[] = [];
  /** Of the records that wait, and of the batch that is under way. */
  #bytes = 0;
  /** The reader waits for this slot, so that no more records can come for now. */
  #crowded = false;
  #busy = false;
  #ended = false;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  /** True if no record waits and no batch is being delivered. */
  get idle(): boolean {
    return this.#waiting.length === 0 && !this.#busy;
  }

  /** Records that belong to this slot, in order. */
  add(records: readonly QueuedRecord[]): void {
    for (const record of records) {
      this.#waiting.push(record);
      this.#bytes += record.bytes;
    }
    this.#changed.notify();
  }

  /** No more records will come: what waits is delivered without waiting for its window. */
  end(): void {
    this.#ended = true;
    this.#changed.notify();
  }

  /** Resolves once there is room for another page. */
  async room(signal: AbortSignal): Promise<void> {
    while (
      !signal.aborted &&
      (this.#waiting.length >= MAX_RECORDS || this.#bytes >= this.#options.maxBytes())
    ) {
      if (!this.#crowded) {
        this.#crowded = true;
        this.#changed.notify();
      }
      await this.#changed.notified(signal);
    }
    this.#crowded = false;
  }

  /** Delivers until the slot has ended and is empty, or the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const next = await this.#next(signal);
      if (next === undefined) return;
      this.#busy = true;
      const goesOn = await next();
      this.#busy = false;
      if (!goesOn) return;
      this.#changed.notify();
    }
  }

  /** Waits for a batch to close. @returns the next step; undefined: nothing more */
  async #next(signal: AbortSignal): Promise<(() => Promise<boolean>) | undefined> {
    const { batchSize, windowMs, onIdle } = this.#options;
    // The next window starts when the invocation before has ended; an empty one is followed by another.
    let windowEnds = performance.now() + windowMs;
    while (!signal.aborted) {
      const { count, full } = nextBatch(this.#waiting, { batchSize, acrossPages: windowMs > 0 });
      const leftMs = windowEnds - performance.now();
      if (count > 0 && (full || this.#ended || this.#crowded || leftMs <= 0)) {
        const batch = this.#waiting.slice(0, count);
        this.#waiting = this.#waiting.slice(count);
        return () => this.#deliver(batch);
      }
      if (this.#ended) return undefined;
      if (leftMs <= 0) windowEnds += windowMs;
      const idleAt = count > 0 ? undefined : this.#options.idleAt?.();
      if (idleAt !== undefined && idleAt <= Date.now()) return onIdle;
      const untilEnd = windowMs > 0 ? windowEnds - performance.now() : Number.POSITIVE_INFINITY;
      const untilIdle = idleAt === undefined ? Number.POSITIVE_INFINITY : idleAt - Date.now();
      // The clock goes on meanwhile: a wait that is below zero would make Node.js print a warning.
      await this.#changed.notified(signal, Math.max(0, Math.min(untilEnd, untilIdle)));
    }
    return undefined;
  }

  async #deliver(batch: readonly QueuedRecord[]): Promise<boolean> {
    const goesOn = await this.#options.deliver(batch);
    const bytes = batch.reduce((sum, record) => sum + record.bytes, 0);
    this.#bytes -= bytes;
    this.#options.onHandled(bytes);
    return goesOn;
  }
}
