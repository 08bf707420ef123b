/**
 * How far a shard is done with while its lanes finish at their own pace: up to the record before the first one
 * that is not done with. A restart from there repeats some records and misses none.
 */
export class ShardProgress {
  /** Whether each of them is done with, in the order in which they were read. */
  readonly #open: Map<string, boolean> = new Map();
  #position: string | undefined;

  constructor(position: string | undefined) {
    this.#position = position;
  }

  /** The sequence number up to which everything is done with; undefined: nothing yet. */
  get position(): string | undefined {
    return this.#position;
  }

  /** Records were read. */
  add(sequenceNumbers: readonly string[]): void {
    for (const sequenceNumber of sequenceNumbers) this.#open.set(sequenceNumber, false);
  }

  /** Records are done with. @returns whether the position has moved */
  finish(sequenceNumbers: readonly string[]): boolean {
    for (const sequenceNumber of sequenceNumbers) this.#open.set(sequenceNumber, true);
    const before = this.#position;
    for (const [sequenceNumber, done] of this.#open) {
      if (!done) break;
      this.#position = sequenceNumber;
      this.#open.delete(sequenceNumber);
    }
    return this.#position !== before;
  }
}
