import type { RecordReading } from '../record/lazy-record.ts';
import { deadLetteredIn } from './dead-lettered.ts';
import type { Deadline } from './deadline.ts';
import type { Batch, ReportableRecord } from './event.ts';
import type { BatchSettings } from './options.ts';
import type { Outcome } from './outcome.ts';
import { invocationOf, type RecordContext } from './record-context.ts';
import { reportFailure, summarize } from './report.ts';
import type { ReportedCheckpoints } from './reported-checkpoints.ts';
import { BatchRun, type RunSettings } from './run.ts';

/** A batch, and the clock that it runs by. */
export interface TimedBatch {
  readonly startedAt: number;
  readonly batch: Batch;
  readonly deadline: Deadline;
  /** How its records are read, and the context of their handlers. Undefined where that is not up to the batch. */
  readonly reading?: RecordReading;
  readonly context?: RecordContext;
}

/** The steps that differ between entry points. */
export interface BatchWork<Answer> extends Omit<RunSettings, 'firstAlone'> {
  /** The checkpoints that this handler has reported. Undefined where a batch always runs one by one. */
  readonly reported: ReportedCheckpoints | undefined;
  /** Handles one record. Its error or rejection fails that record. */
  handle(record: ReportableRecord): unknown;
  /**
   * Called once, in the very moment in which no handler can change the outcome any more.
   *
   * @returns the outcome to answer with
   */
  decide?(outcome: Outcome): Outcome | Promise<Outcome>;
  /** A batch without records has a summary. @defaultValue true */
  readonly summarizesEmpty?: boolean;
  /** Makes the answer of the outcome, at the end. */
  answer(outcome: Outcome): Answer;
}

/**
 * Runs a batch to its outcome: lanes, deadline, failures, checkpoint and summary. Router, processBatch, tumbling windows and
 * Powertools all come through here.
 *
 * It makes the answer too: a caller that waited for the outcome would cost a batch of one record 6 % more.
 */
export async function runBatch<Answer>(
  settings: BatchSettings,
  { startedAt, batch, deadline, reading, context }: TimedBatch,
  work: BatchWork<Answer>,
): Promise<Answer> {
  const { reported } = work;
  const firstAlone = reported?.startsBatch(batch) ?? false;
  const run = new BatchRun(batch.records, { ...work, firstAlone }, deadline, {
    handle: work.handle,
    failed: (index, error) => {
      deadline.answer?.failed(batch.sequenceNumbers[index] as string);
      reportFailure(settings, batch, index, error, reading);
    },
  });
  const ran = await run.run();
  // At once: a handler that was running at the deadline may settle in any moment.
  const outcome = work.decide === undefined ? ran : await work.decide(ran);
  const released = deadline.answer?.released();
  if (released !== undefined) await released;
  reported?.settle(batch, outcome.checkpoint);
  if (batch.records.length > 0 || work.summarizesEmpty !== false) {
    const noted = context &&
      reading && { letters: deadLetteredIn(context), invocation: invocationOf(context), reading };
    await summarize(settings, batch, outcome, startedAt, deadline, noted);
  }
  return work.answer(outcome);
}
