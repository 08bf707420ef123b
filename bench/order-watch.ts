import type { BatchLanes } from './data/lanes.ts';

/** Counts the records that were started before the one before them, on the same item, had finished. */
export class OrderWatch {
  readonly #previous: BatchLanes['previous'];
  readonly #finished: Set<string> = new Set();
  #started = 0;
  #violations = 0;

  constructor({ previous }: BatchLanes) {
    this.#previous = previous;
  }

  get violations(): number {
    return this.#violations;
  }

  get started(): number {
    return this.#started;
  }

  get finished(): number {
    return this.#finished.size;
  }

  start(sequenceNumber: string): void {
    this.#started++;
    const before = this.#previous.get(sequenceNumber);
    if (before !== undefined && !this.#finished.has(before)) this.#violations++;
  }

  finish(sequenceNumber: string): void {
    this.#finished.add(sequenceNumber);
  }

  reset(): void {
    this.#finished.clear();
    this.#started = 0;
    this.#violations = 0;
  }
}
