const MOST_BYTES = 64 * 1024 * 1024;
const MOST_BYTES_OF_A_LANE = 32 * 1024 * 1024;

// A batch that waits for its window grows to 6 MB, over several pages; without one it is a page at most.
const WHOLE_BATCH_BYTES = 8 * 1024 * 1024;

/**
 * Divides what a mapping may read ahead among its lanes. A lane may read as long as it has less than its share, so that one that
 * is blocked for hours takes nothing from the others. A page may go beyond the share.
 */
export class ReadAhead {
  /** The lanes of all shards that are read. */
  lanes = 0;

  /** Bytes of records, as JSON, that one lane may hold. */
  share(windowMs: number): number {
    const share = Math.min(MOST_BYTES_OF_A_LANE, MOST_BYTES / Math.max(1, this.lanes));
    return windowMs > 0 ? Math.max(share, WHOLE_BATCH_BYTES) : share;
  }
}
