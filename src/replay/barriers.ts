import { compareSequenceNumbers } from '../record/sequence-number.ts';
import type { StreamRange } from './replayable.ts';

/**
 * A range whose records are not known, because it cannot be read for now. Any later record of its shard may be a later
 * change of one of its items.
 */
export interface Barrier {
  /** The message that has the range. */
  readonly id: string;
  readonly range: StreamRange;
  /** Shards without later changes of the range's items. Empty where the stream's shards are not known. */
  readonly unrelated: ReadonlySet<string>;
}

/** Knows which records have to wait until a range can be read. */
export class Barriers {
  /** For each stream and shard the lowest. */
  readonly #byStream: Map<string, Map<string, Barrier>> = new Map();

  add(barrier: Barrier): void {
    const { streamArn, shardId } = barrier.range;
    const byShard = this.#byStream.get(streamArn) ?? new Map<string, Barrier>();
    this.#byStream.set(streamArn, byShard);
    const lowest = byShard.get(shardId);
    if (lowest === undefined || isBehind(lowest.range.startSequenceNumber, barrier)) {
      byShard.set(shardId, barrier);
    }
  }

  /**
   * Finds a barrier before a record.
   *
   * @param shardId undefined where it is not known: a dead letter does not say it
   */
  before(streamArn: string, shardId: string | undefined, sequenceNumber: string): Barrier | undefined {
    for (const barrier of this.#byStream.get(streamArn)?.values() ?? []) {
      const isUnrelated = shardId !== undefined && barrier.unrelated.has(shardId);
      if (!isUnrelated && isBehind(sequenceNumber, barrier)) return barrier;
    }
    return undefined;
  }
}

/** The first record of a range is known by its number, and has no earlier change within the range. */
function isBehind(sequenceNumber: string, { range }: Barrier): boolean {
  return compareSequenceNumbers(sequenceNumber, range.startSequenceNumber) > 0;
}
