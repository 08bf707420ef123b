import type { ReportableRecord } from './event.ts';
import type { LaneIndex } from './lane-index.ts';

const NONE = -1;

/**
 * Which record of a lane comes next, as links between record indexes.
 * Typed arrays, because one array of indexes per lane took longer to build than the lanes to run
 * (bench: router, async handlers).
 */
export class Lanes {
  readonly #records: readonly ReportableRecord[];
  readonly #index: LaneIndex;
  /** The lane of each record that was entered. */
  readonly #lane: Int32Array;
  /** Lane -> the last record entered while a worker follows the lane; NONE while no worker does. */
  readonly #tail: Int32Array;
  /** Record -> the record linked behind it. */
  readonly #behind: Int32Array;

  constructor(records: readonly ReportableRecord[], index: LaneIndex) {
    this.#records = records;
    this.#index = index;
    this.#lane = new Int32Array(records.length);
    this.#tail = new Int32Array(records.length).fill(NONE);
    this.#behind = new Int32Array(records.length).fill(NONE);
  }

  /**
   * Brings a record to its lane.
   *
   * @returns true when no worker follows the lane: the caller does now. False when the record was linked
   * behind the last one, for the worker that follows.
   */
  enter(index: number): boolean {
    // biome-ignore lint/style/noNonNullAssertion: index is below records.length
    const lane = this.#index.of(this.#records[index]!);
    // biome-ignore lint/style/noNonNullAssertion: there are no more lanes than records
    const tail = this.#tail[lane]!;
    this.#lane[index] = lane;
    this.#tail[lane] = index;
    if (tail === NONE) return true;
    this.#behind[tail] = index;
    return false;
  }

  /** The record linked behind this one; or -1, and then no worker follows the lane any more. */
  after(index: number): number {
    // biome-ignore lint/style/noNonNullAssertion: index was entered
    const next = this.#behind[index]!;
    // biome-ignore lint/style/noNonNullAssertion: index was entered
    if (next === NONE) this.#tail[this.#lane[index]!] = NONE;
    return next;
  }
}
