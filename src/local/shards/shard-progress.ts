/**
 * The position up to which a shard is processed while its slots finish at their own pace: up to the record before the first one
 * that is not processed. A restart from there repeats some records and misses none.
 *
 * Only records that are not processed are kept, each with the one before it: a record that fails for ever costs nothing for
 * the records that are read past it.
 */
export class ShardProgress {
  /** The records that are not processed, in the order in which they were read; each with the one before it. */
  readonly #open: Map<string, string | undefined> = new Map();
  #lastRead: string | undefined;

  constructor(position: string | undefined) {
    this.#lastRead = position;
  }

  /** The sequence number up to which everything is processed; undefined: nothing yet. */
  get position(): string | undefined {
    for (const before of this.#open.values()) return before;
    return this.#lastRead;
  }

  /** How many records are kept. */
  get size(): number {
    return this.#open.size;
  }

  /** Records were read. */
  add(sequenceNumbers: readonly string[]): void {
    for (const sequenceNumber of sequenceNumbers) {
      // A server may send a record twice. Only the first copy knows the record before it; the second would follow itself.
      if (!this.#open.has(sequenceNumber)) this.#open.set(sequenceNumber, this.#lastRead);
      this.#lastRead = sequenceNumber;
    }
  }

  /** Notes that records are processed. @returns whether the position has moved */
  finish(sequenceNumbers: readonly string[]): boolean {
    const before = this.position;
    for (const sequenceNumber of sequenceNumbers) this.#open.delete(sequenceNumber);
    return this.position !== before;
  }
}
