import type { Batch } from './event.ts';

/** Far more than one sandbox has shards and parallel slots at work. */
const MAX_CHECKPOINTS = 1000;

/**
 * The checkpoints that one handler has reported and not got past since, for the life of the sandbox.
 *
 * They change the schedule and never the verdict. A batch that begins with one of them probably fails at its first
 * record again, and records that run beside it would be repeated again: so the first record runs alone. No record
 * is ever skipped: another sandbox may have handled an older change of the same item in between, and a function
 * cannot know.
 */
export class ReportedCheckpoints {
  /** The oldest first. */
  readonly #checkpoints: Set<string> = new Set();

  /** Returns true if the batch begins with a record that was reported. A wrong guess costs one handler's time. */
  startsBatch(batch: Batch): boolean {
    // Nearly always empty: no text is built then.
    return this.#checkpoints.size > 0 && this.#checkpoints.has(nameOf(batch, 0));
  }

  /**
   * Notes where a batch ended.
   *
   * @param checkpoint index of the lowest record that did not succeed; the number of records when all did
   */
  settle(batch: Batch, checkpoint: number): void {
    if (this.#checkpoints.size > 0) this.#checkpoints.delete(nameOf(batch, 0));
    if (checkpoint === batch.records.length) return;
    if (this.#checkpoints.size === MAX_CHECKPOINTS) {
      const [oldest] = this.#checkpoints;
      this.#checkpoints.delete(oldest as string);
    }
    this.#checkpoints.add(nameOf(batch, checkpoint));
  }
}

// A position is unique within a stream, and neither position nor ARN has a space in it.
function nameOf({ records, sequenceNumbers }: Batch, index: number): string {
  const arn: unknown = records[index]?.eventSourceARN;
  // An event can carry anything there, also what cannot be made text.
  return `${sequenceNumbers[index]} ${typeof arn === 'string' ? arn : ''}`;
}
