import type { ReplayRecord } from './records/replay-record.ts';
import type { ReplayMessage } from './replay-message.ts';
import type { RemainingReason } from './report.ts';
import type { SourceMessage } from './sources/source.ts';

/** A received message and its state. */
export interface ReceivedMessage {
  readonly source: SourceMessage;
  readonly content: ReplayMessage;
  /** Its records that are passed to the handler, once they are read. */
  records: readonly ReplayRecord<ReceivedMessage>[];
  /** The number of its records that are not passed to the handler, because their items have newer images. */
  skipped: number;
  /** The reason why it remains, even if the handler succeeds. */
  problem: { readonly reason: RemainingReason; readonly detail: string } | undefined;
  /** The reason why its records wait, although the message itself is valid. */
  waitsFor: string | undefined;
  /** True once its source has released it. */
  released: boolean;
}
