import type { BatchLanes } from './data/lanes.ts';

/**
 * Counts the records that were started before the one before them, on the same item, had finished.
 * It works within the timed part, so it looks up one string per record and keeps the rest by place.
 */
export class OrderWatch {
  readonly #lanes: BatchLanes;
  readonly #done: Uint8Array;
  #started = 0;
  #finished = 0;
  #violations = 0;

  constructor(lanes: BatchLanes) {
    this.#lanes = lanes;
    this.#done = new Uint8Array(lanes.previous.length);
  }

  get violations(): number {
    return this.#violations;
  }

  get started(): number {
    return this.#started;
  }

  get finished(): number {
    return this.#finished;
  }

  /**
   * @returns the record's place, for `finish`
   * @throws RangeError for a record of another batch
   */
  start(sequenceNumber: string): number {
    const place = this.#lanes.places.get(sequenceNumber);
    if (place === undefined) throw new RangeError('This record is not in the batch');
    this.#started++;
    const before = this.#lanes.previous[place] ?? -1;
    if (before !== -1 && this.#done[before] === 0) this.#violations++;
    return place;
  }

  /** A record that is finished twice counts once. */
  finish(place: number): void {
    if (this.#done[place] === 0) this.#finished++;
    this.#done[place] = 1;
  }

  reset(): void {
    this.#done.fill(0);
    this.#started = 0;
    this.#finished = 0;
    this.#violations = 0;
  }
}
