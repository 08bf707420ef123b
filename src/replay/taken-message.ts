import type { ReplayRecord } from './records/replay-record.ts';
import type { Replayable } from './replayable.ts';
import type { RemainingReason } from './report.ts';
import type { SourceMessage } from './sources/source.ts';

/** A message that was taken, and what is known of it by now. */
export interface TakenMessage {
  readonly source: SourceMessage;
  readonly content: Replayable;
  /** Its records that are handed over, once they are read. */
  records: readonly ReplayRecord<TakenMessage>[];
  /** How many of its records are not handed over, as their items have newer images. */
  skipped: number;
  /** Why it remains, whatever the handler does. */
  problem: { readonly reason: RemainingReason; readonly detail: string } | undefined;
  /** Why records of it wait, though nothing is wrong with the message itself. */
  waitsFor: string | undefined;
  /** Its source let go of it. */
  released: boolean;
}
