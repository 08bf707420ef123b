import type { ReportableRecord } from './event.ts';
import type { LaneIndex } from './lane-index.ts';
import { RecordState } from './record-state.ts';
import type { Outcome } from './run.ts';

// Ten full batches: as many as ParallelizationFactor lets one shard have in flight.
const MAX_RECORDS = 100_000;

/**
 * Remembers, for the life of the sandbox, which records succeeded past the checkpoint. Lambda delivers
 * them again, and they are skipped.
 *
 * The newest of several records of one lane is never remembered. Lambda may have sent the batch to another
 * sandbox in between, which repeated the older ones and stopped before the newest; were that one skipped
 * here, an older state of the item would stay the last one handled.
 */
export class RedeliveryMemory {
  readonly #records: Set<string> = new Set();

  get size(): number {
    return this.#records.size;
  }

  has(record: ReportableRecord): boolean {
    return this.#records.has(nameOf(record));
  }

  /**
   * Takes in the outcome of a batch. Of one that succeeded, with nothing remembered, there is nothing to say.
   *
   * @param from the index from which on Lambda delivers again
   * @param lanes what had to stay in order
   */
  update(records: readonly ReportableRecord[], states: Uint8Array, from: number, lanes: LaneIndex): void {
    for (let index = 0; index < from; index++) {
      // Behind the checkpoint for good.
      // biome-ignore lint/style/noNonNullAssertion: index is below records.length
      if (states[index] === RecordState.skipped) this.#records.delete(nameOf(records[index]!));
    }
    const names: string[] = [];
    const newer = new Set<number>();
    const newest = new Map<number, string>();
    for (let index = records.length - 1; index >= from; index--) {
    }
    // All or nothing: to forget only the oldest could forget one record of an item and keep the next.
    if (this.#records.size + names.length > MAX_RECORDS) this.#records.clear();
    if (names.length <= MAX_RECORDS) for (const name of names) this.#records.add(name);
  }
}

// Event ids are unique on AWS, but not on every emulator; together with stream and position they are.
function nameOf(record: ReportableRecord): string {
  return `${record.eventSourceARN} ${record.dynamodb.SequenceNumber} ${record.eventID}`;
}
