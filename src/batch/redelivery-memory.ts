import type { ReportableRecord } from './event.ts';
import { LaneIndex } from './lane-index.ts';
import type { Outcome } from './outcome.ts';
import { RecordState } from './record-state.ts';

// Ten full batches: as many as ParallelizationFactor lets one shard have in flight.
const MAX_RECORDS = 100_000;

/**
 * Remembers, for the life of the sandbox, which records succeeded past the checkpoint. Lambda delivers
 * them again, and they are skipped.
 *
 * The newest of several records of one item is not remembered, nor is anything behind it in its lane. Lambda
 * may have sent the batch to another sandbox in between, which repeated the older ones and stopped before the
 * newest; were that one skipped here, an older state of the item would stay the last one handled. The same
 * holds for the newest of several records of a lane.
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
   * @param from the index from which on Lambda delivers again, unless all succeeded
   */
  settle(records: readonly ReportableRecord[], outcome: Outcome, from: number): void {
    const { states, lanes } = outcome;
    const succeeded = outcome.checkpoint === records.length;
    if (succeeded && outcome.skipped === 0) return;
    const again = succeeded ? records.length : from;
    for (let index = 0; index < again; index++) {
      // Behind the checkpoint for good.
      // biome-ignore lint/style/noNonNullAssertion: index is below records.length
      if (states[index] === RecordState.skipped) this.#records.delete(nameOf(records[index]!));
    }
    // Nothing to remember, nothing to forget: so it is when everything past the checkpoint failed.
    if (this.#records.size === 0 && !states.includes(RecordState.succeeded, again)) return;
    const names: string[] = [];
    const laneOf = records.map((record) => lanes.of(record));
    const repeated = newestOfSeveral(laneOf, again);
    if (lanes.order !== 'item') {
      const items = new LaneIndex('item', records.length);
      for (const index of newestOfSeveral(
        records.map((record) => items.of(record)),
        again,
      )) {
        repeated.add(index);
      }
    }
    const repeatedLanes = new Set<number>();
    for (let index = again; index < records.length; index++) {
      // biome-ignore lint/style/noNonNullAssertion: both arrays have one entry per record
      const [record, lane] = [records[index]!, laneOf[index]!];
      if (repeated.has(index)) repeatedLanes.add(lane);
      if (repeatedLanes.has(lane)) this.#records.delete(nameOf(record));
      // A record that was not even looked at stays what it is: remembered or not.
      else if (states[index] === RecordState.succeeded || states[index] === RecordState.skipped)
        names.push(nameOf(record));
    }
    // All or nothing: to forget only the oldest could forget one record of a lane and keep the next.
    if (this.#records.size + names.length > MAX_RECORDS) this.#records.clear();
    if (names.length <= MAX_RECORDS) for (const name of names) this.#records.add(name);
  }
}

/** The indexes of the newest record of each group, where that has several from `from` on. */
function newestOfSeveral(groupOf: readonly number[], from: number): Set<number> {
  const newest = new Map<number, number>();
  const several = new Set<number>();
  for (let index = from; index < groupOf.length; index++) {
    // biome-ignore lint/style/noNonNullAssertion: index is below the length
    const group = groupOf[index]!;
    if (newest.has(group)) several.add(group);
    newest.set(group, index);
  }
  return new Set([...newest].filter(([group]) => several.has(group)).map(([, index]) => index));
}

// Event ids are unique on AWS, but not on every emulator; together with stream and position they are. Neither
// position nor ARN has a space in it, so no two records share a name.
function nameOf({ eventSourceARN, eventID, dynamodb }: ReportableRecord): string {
  return `${dynamodb.SequenceNumber} ${eventSourceARN} ${eventID}`;
}
