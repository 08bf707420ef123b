/** How many locks of one record can be told apart that end within the same millisecond. */
const FRACTIONS = 4096;

/**
 * The moment at which a lock ends by itself, in epoch milliseconds. It also tells whose lock it is.
 *
 * A lock carries nothing else that differs between sandboxes, so the moment has a random fraction of a millisecond.
 * Epoch milliseconds take 41 of the 53 bits of a number; the fraction takes the other 12, so all sums are exact.
 */
export class LockExpiry {
  readonly #at: number;
  /** Powertools reads the clock again and adds what it was given: the most that this made the moment later. */
  #drift = 0;

  /** @param remainingMs how long the lock lasts from now on, at least */
  constructor(remainingMs: number) {
    const fraction = 1 + Math.floor(Math.random() * (FRACTIONS - 1));
    this.#at = Date.now() + Math.ceil(remainingMs) + fraction / FRACTIONS;
  }

  /** Calls with the milliseconds that are left, of which a persistence layer makes the moment again. */
  send(put: (remainingMs: number) => Promise<void>): Promise<void> {
    const before = Date.now();
    const sent = put(this.#at - before);
    this.#drift = Math.max(this.#drift, Date.now() - before);
    return sent;
  }

  /** Whether a lock that ends then is this one. */
  isOwn(expiry: number | undefined): boolean {
    if (expiry === undefined) return false;
    const drift = expiry - this.#at;
    return Number.isInteger(drift) && drift >= 0 && drift <= this.#drift;
  }

  /** The first and the last moment that was sent. */
  get range(): readonly [from: number, to: number] {
    return [this.#at, this.#at + this.#drift];
  }

  leftMs(): number {
    return this.#at - Date.now();
  }
}
