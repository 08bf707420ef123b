// Bytes of records, as JSON. Their objects take three times as much again, so that all of it fits into a process of 1 GB.
const GUARANTEED_BYTES = 32 * 1024 * 1024;
const LENT_BYTES = 32 * 1024 * 1024;

// DynamoDB sends a page of 1,000 records or 1 MB at most, which is up to twice as much in JSON.
const PAGE_BYTES = 2 * 1024 * 1024;
const PAGE_RECORDS = 1_000;

// A batch that waits for its window grows to 6 MB, over several pages; without a window it is a page at most.
const WHOLE_BATCH_BYTES = 8 * 1024 * 1024;

/** Bytes per record that are expected of a shard of which nothing has been read. */
const USUAL_RECORD_BYTES = 1024;

/**
 * Bounds the bytes that are read ahead, over all shards of a process.
 *
 * One half is divided among the shards equally. A shard that has handled its records may always read more, so that shards that
 * are blocked for hours take nothing from the others. The other half is lent, a page at a time, for pages and batches as large as those
 * of AWS. When it is all lent, shards ask for smaller pages.
 */
export class ReadAhead {
  readonly #shards: Set<ShardAllowance> = new Set();

  /** A shard is read, until it is closed. */
  open(shard: ShardAllowance): void {
    this.#shards.add(shard);
  }

  close(shard: ShardAllowance): void {
    this.#shards.delete(shard);
  }

  /** The bytes of one shard that no other shard can take. */
  get guaranteedBytes(): number {
    return GUARANTEED_BYTES / Math.max(1, this.#shards.size);
  }

  /** The bytes that can be lent now. */
  get freeBytes(): number {
    const guaranteed = this.guaranteedBytes;
    let free = LENT_BYTES;
    for (const { bytes } of this.#shards) free -= Math.max(0, bytes - guaranteed);
    return Math.max(0, free);
  }
}

/** The share of one shard in the records that may be read ahead. */
export class ShardAllowance {
  readonly #all: ReadAhead;
  readonly #slots: number;
  readonly #windowMs: number;
  #held = 0;
  #asked = 0;
  #recordBytes = USUAL_RECORD_BYTES;

  constructor(all: ReadAhead, slots: number, windowMs: number) {
    this.#all = all;
    this.#slots = slots;
    this.#windowMs = windowMs;
  }

  /** Records that are not handled yet, and the page that is asked for. */
  get bytes(): number {
    return this.#held + this.#asked;
  }

  /** The bytes from which on a slot of the shard has no room for another page. */
  get slotBytes(): number {
    // Half of it is kept for the page that comes.
    const share = this.#all.guaranteedBytes / 2 / this.#slots;
    const grows = this.#windowMs > 0 && this.#all.freeBytes >= PAGE_BYTES;
    return grows ? Math.max(share, WHOLE_BATCH_BYTES) : share;
  }

  /** Reserves a page, until it is {@link answered}. @returns the most records that it may have */
  ask(): number {
    const { guaranteedBytes, freeBytes } = this.#all;
    this.#asked = Math.min(PAGE_BYTES, Math.max(0, guaranteedBytes - this.#held) + freeBytes);
    return Math.max(1, Math.min(PAGE_RECORDS, Math.floor(this.#asked / this.#recordBytes)));
  }

  /** The page that was asked for has come, or will not come. */
  answered(): void {
    this.#asked = 0;
  }

  /** Records wait until they are handled. */
  hold(records: number, bytes: number): void {
    this.#held += bytes;
    if (records > 0) this.#recordBytes = bytes / records;
  }

  /** Records are handled. */
  handled(bytes: number): void {
    this.#held -= bytes;
  }
}

/** All mappings of a process share its memory, and so this. */
export const readAhead: ReadAhead = new ReadAhead();
