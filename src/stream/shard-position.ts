import type { OpenWindow } from '../delivery/tumbling-window.ts';

/** The position up to which a shard is processed. Empty: nothing of it yet, and it is read from its oldest record. */
export interface ShardPosition {
  /** Everything up to this sequence number is processed. */
  readonly after?: string;
  /**
   * Reading began at LATEST, a minute after this epoch second, and no record was processed since. A stream has no
   * name for that position, so a reader that comes back to it reads the shard from its start and leaves out older
   * records. The minute is for clocks that differ: records written in it may be delivered although they were there.
   */
  readonly since?: number;
  /** The tumbling window that is open, with its state up to `after`. */
  readonly window?: OpenWindow;
  /** The shard is closed, and everything in it is processed. */
  readonly finished?: true;
}
