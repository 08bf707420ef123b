import { compareSequenceNumbers } from '../record/sequence-number.ts';
import type { StreamRange } from './replay-message.ts';

/**
 * A range that cannot be read for now, so its records are unknown. Any later record of its shard may be a later change of
 * one of its items.
 */
export interface UnreadRange {
  /** The message that has the range. */
  readonly id: string;
  readonly range: StreamRange;
  /** Shards without later changes of the range's items. Empty where the stream's shards are not known. */
  readonly unrelated: ReadonlySet<string>;
}

/** Finds the records that have to wait until a range can be read. */
export class UnreadRanges {
  /** For each stream and shard the lowest. */
  readonly #byStream: Map<string, Map<string, UnreadRange>> = new Map();

  add(unread: UnreadRange): void {
    const { streamArn, shardId } = unread.range;
    const byShard = this.#byStream.get(streamArn) ?? new Map<string, UnreadRange>();
    this.#byStream.set(streamArn, byShard);
    const lowest = byShard.get(shardId);
    if (lowest === undefined || isBehind(lowest.range.startSequenceNumber, unread)) {
      byShard.set(shardId, unread);
    }
  }

  /**
   * Finds an unread range before a record.
   *
   * @param shardId undefined where it is not known: a dead letter does not say it
   */
  before(streamArn: string, shardId: string | undefined, sequenceNumber: string): UnreadRange | undefined {
    for (const unread of this.#byStream.get(streamArn)?.values() ?? []) {
      const isUnrelated = shardId !== undefined && unread.unrelated.has(shardId);
      if (!isUnrelated && isBehind(sequenceNumber, unread)) return unread;
    }
    return undefined;
  }
}

/** The first record of a range is known by its number, and has no earlier change within the range. */
function isBehind(sequenceNumber: string, { range }: UnreadRange): boolean {
  return compareSequenceNumbers(sequenceNumber, range.startSequenceNumber) > 0;
}
