import type { DynamoDBBatchResponse } from 'aws-lambda';
import { BatchFailedError, DeadlineError } from '../errors.ts';
import type { LogFields, Logger } from '../logger.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import { isThenable } from '../thenable.ts';
import { finished, isUnfinished } from '../unfinished.ts';
import type { Deadline } from './deadline.ts';
import type { ReportableRecord } from './event.ts';
import { inTime } from './in-time.ts';
import type { BatchSettings, BatchSummary } from './options.ts';
import type { Outcome } from './outcome.ts';

/** One `error` entry for a record that failed: which one and why, and nothing of the item. */
export function logFailure(logger: Logger, record: ReportableRecord, error: unknown): void {
  quietly(() =>
    logger.error('Record failed', {
      eventID: record.eventID,
      sequenceNumber: record.dynamodb.SequenceNumber,
      tableName: tableNameOf(record.eventSourceARN),
      eventName: record.eventName,
      error,
    }),
  );
}

/**
 * Makes the response: no failure, or exactly one, the checkpoint. Lambda delivers again from there.
 *
 * @throws BatchFailedError when something did not succeed and `partialResponses` is off
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function respond(
  settings: BatchSettings,
  records: readonly ReportableRecord[],
  outcome: Outcome,
): DynamoDBBatchResponse {
  const checkpoint = records[outcome.checkpoint]?.dynamodb.SequenceNumber;
  // A new object each time: a shared one that a caller changes would answer for the next batch.
  if (checkpoint === undefined) return { batchItemFailures: [] };
  if (settings.partialResponses) return { batchItemFailures: [{ itemIdentifier: checkpoint }] };
  const unfinished = records.length - outcome.succeeded;
  throw new BatchFailedError(checkpoint, unfinished, records.length, {
    cause: outcome.failed > 0 ? outcome.error : new DeadlineError(settings.reserveMs),
  });
}

/** Tells logger and `onBatch` what became of the batch. Nothing that they do changes the response. */
export async function summarize(
  settings: BatchSettings,
  records: readonly ReportableRecord[],
  outcome: Outcome,
  startedAt: number,
  deadline: Deadline,
): Promise<void> {
  const summary: BatchSummary = {
    records: records.length,
    succeeded: outcome.succeeded,
    failed: outcome.failed,
    checkpoint: records[outcome.checkpoint]?.dynamodb.SequenceNumber,
    durationMs: performance.now() - startedAt,
    lagMs: lagOf(records.at(-1)),
  };
  const { logger, onBatch, reserveMs } = settings;
  if (summary.checkpoint !== undefined && deadline.reached()) {
    // Without any progress the next attempt will make none either, until Lambda gives the records up.
    const stuck = summary.succeeded + summary.failed === 0;
    quietly(() => logger[stuck ? 'error' : 'warn'](new DeadlineError(reserveMs).message, { ...summary }));
  }
  quietly(() => logger.debug('Batch processed', summary as unknown as LogFields));
  if (onBatch === undefined) return;
  try {
    const result = onBatch(summary);
    // Waited for, as Lambda freezes the sandbox after the answer; but the answer must not be late for it.
    if (isThenable(result) || isUnfinished(result)) {
      await inTime(finished('onBatch', result), deadline.remainingMs() / 2);
    }
  } catch (error) {
    quietly(() => logger.error('onBatch failed', { error }));
  }
}

function lagOf(last: ReportableRecord | undefined): number | undefined {
  const createdAt: unknown = last?.dynamodb.ApproximateCreationDateTime;
  return typeof createdAt === 'number' ? Date.now() - createdAt * 1000 : undefined;
}

/** A logger that throws, or rejects, must not make a handled record fail. */
export function quietly(log: () => unknown): void {
  try {
    const result = log();
    // Unhandled, its rejection would end the process and the batch with it.
    if (isThenable(result)) Promise.resolve(result).catch(() => {});
  } catch {
    // There is nowhere left to say so.
  }
}
