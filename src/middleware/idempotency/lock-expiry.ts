/** How many locks of one record can be told apart that end within the same millisecond: a number holds no more digits. */
const FRACTIONS = 4096;

/**
 * Locks last up to so many milliseconds longer than asked. Two locks of one record that were asked for in the same millisecond
 * are taken for one once in 65,000 times, instead of once in 4,000.
 */
const SPREAD_MS = 16;

/**
 * A layer reads the clock so soon after it is called. For a put that is never answered more would be taken for its own lock, the
 * longer it hangs: after 3 s once in 4,000 times that of another sandbox.
 */
const MAX_OPEN_MS = 50;

/**
 * The moment at which a lock ends by itself, in epoch milliseconds. Where a store keeps no owner, it also tells whose lock it is.
 *
 * Such a lock carries nothing else that differs between sandboxes, so the moment has a random fraction of a millisecond.
 * Epoch milliseconds take 41 of the 53 bits of a number; the fraction takes the other 12, so all sums are exact.
 */
export class LockExpiry {
  readonly #at: number;
  /** Puts that have not been answered, by the time at which they were sent. */
  readonly #open: Set<{ readonly sentAt: number }> = new Set();
  /** A persistence layer reads the clock again and adds its own duration: how far the moment may lie from `#at`. */
  #earliest = 0;
  #latest = 0;

  /** @param remainingMs how long the lock lasts from now on, at least */
  constructor(remainingMs: number) {
    const fraction = 1 + Math.floor(Math.random() * (FRACTIONS - 1));
    const longerMs = Math.floor(Math.random() * SPREAD_MS);
    this.#at = Date.now() + Math.ceil(remainingMs) + longerMs + fraction / FRACTIONS;
  }

  /** Calls with the milliseconds that are left, of which a persistence layer makes the moment again. */
  async send(put: (remainingMs: number) => Promise<void>): Promise<void> {
    const sentAt = Date.now();
    const open = { sentAt };
    this.#open.add(open);
    try {
      await put(this.#at - sentAt);
    } finally {
      this.#open.delete(open);
      this.#widen(sentAt);
    }
  }

  /** Returns true if a lock with this expiry is this sandbox's own. */
  isOwn(expiry: number | undefined): boolean {
    if (expiry === undefined) return false;
    const [from, to] = this.#range();
    return Number.isInteger(expiry - this.#at) && expiry >= from && expiry <= to;
  }

  leftMs(): number {
    return this.#at - Date.now();
  }

  /** The first and the last moment that may have been sent. */
  #range(): readonly [from: number, to: number] {
    for (const { sentAt } of this.#open) this.#widen(sentAt, MAX_OPEN_MS);
    return [this.#at + this.#earliest, this.#at + this.#latest];
  }

  /** A layer may wait before it reads the clock, as long as the put lasts; and clocks are put back. */
  #widen(sentAt: number, most = Number.POSITIVE_INFINITY): void {
    const drift = Math.max(-most, Math.min(most, Date.now() - sentAt));
    this.#earliest = Math.min(this.#earliest, drift);
    this.#latest = Math.max(this.#latest, drift);
  }
}
