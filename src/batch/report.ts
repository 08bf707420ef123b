import type { DynamoDBBatchResponse } from 'aws-lambda';
import { BatchFailedError, DeadlineError } from '../errors.ts';
import type { LogFields, Logger } from '../logger.ts';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { isThenable } from '../promise/thenable.ts';
import { finished, isUnfinished } from '../promise/unfinished.ts';
import { creationMsOf } from '../record/creation-time.ts';
import type { RecordReading } from '../record/lazy-record.ts';
import { RecordState } from '../record/record-state.ts';
import { tableNameOf } from '../record/stream-arn.ts';
import type { Deadline } from './deadline.ts';
import type { Batch, ReportableRecord } from './event.ts';
import { inTime } from './in-time.ts';
import type { BatchSettings, BatchSummary } from './options.ts';
import type { Outcome } from './outcome.ts';
import { publishRecordFailed } from './record-failed.ts';

/** Tells tools and the log that a record failed: once for each record that failed. */
export function reportFailure(
  { logger, table }: BatchSettings,
  batch: Batch,
  index: number,
  error: unknown,
  reading?: RecordReading,
): void {
  const entity = reading && table?.['~entities']?.nameOf(batch.records[index] as ReportableRecord, reading);
  // First, so that a tool that shows the failure can tell the entry about it.
  publishRecordFailed(() => ({
    outcome: 'failed',
    ...identityAt(batch, index),
    entity,
    streamArn: batch.records[index]?.eventSourceARN,
    error,
  }));
  logFailure(logger, batch, index, error, entity);
}

/** Logs at `error` which record failed and why, and nothing of the item. */
export function logFailure(
  logger: Logger,
  batch: Batch,
  index: number,
  error: unknown,
  entity?: string,
): void {
  const named = entity !== undefined && { entity };
  ignoreErrors(() => logger.error('Record failed', { ...identityAt(batch, index), ...named, error }));
}

/** Names a record without anything of its item. */
function identityAt(batch: Batch, index: number) {
  const record = batch.records[index];
  return {
    eventID: record?.eventID,
    sequenceNumber: batch.sequenceNumbers[index],
    tableName: tableNameOf(record?.eventSourceARN),
    eventName: record?.eventName,
  };
}

/**
 * Makes the response: no failure, or exactly one, the checkpoint. Lambda delivers again from there.
 *
 * To EventBridge Pipes it names every record that did not succeed: its documentation does not say whether a pipe
 * delivers the others past the lowest one again.
 *
 * @throws BatchFailedError when something did not succeed and `partialResponses` is off
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
 */
export function respond(settings: BatchSettings, batch: Batch, outcome: Outcome): DynamoDBBatchResponse {
  const { length } = batch.records;
  const { checkpoint, states } = outcome;
  // A new object each time: a shared one that a caller changes would answer for the next batch.
  if (checkpoint === length) return { batchItemFailures: [] };
  const lowest = batch.identifiers[checkpoint] as string;
  if (settings.partialResponses) {
    const unfinished = batch.identifiers.filter((_, index) => states[index] !== RecordState.succeeded);
    const reported = batch.fromPipe ? unfinished : [lowest];
    return { batchItemFailures: reported.map((itemIdentifier) => ({ itemIdentifier })) };
  }
  throw new BatchFailedError(lowest, length - outcome.succeeded, length, {
    cause: outcome.failed > 0 ? outcome.error : new DeadlineError(settings.reserveMs),
  });
}

/** The parts of a summary besides the outcome. */
interface Noted {
  /** The sequence numbers of records whose dead letter was accepted. */
  readonly letters: Pick<ReadonlySet<string>, 'has' | 'size'>;
  /** The object that identifies the invocation. */
  readonly invocation: object;
  readonly reading: RecordReading;
}

/** Tells logger and `onBatch` what became of the batch. Nothing that they do changes the response. */
export async function summarize(
  settings: BatchSettings,
  batch: Batch,
  outcome: Outcome,
  startedAt: number,
  deadline: Deadline,
  noted?: Noted,
): Promise<void> {
  const { logger, onBatch, reserveMs, table } = settings;
  const entities = table?.['~entities'];
  const deadLettered = countSucceeded(batch, outcome, noted?.letters);
  const counts = {
    records: batch.records.length,
    succeeded: outcome.succeeded - deadLettered,
    failed: outcome.failed,
    deadLettered,
    unknownEntity: 0,
    checkpoint: batch.sequenceNumbers[outcome.checkpoint],
    durationMs: performance.now() - startedAt,
    lagMs: lagOf(batch.records.at(-1)),
  };
  // Not enumerable: a log shows the counts, not a function.
  const plain: BatchSummary = Object.defineProperty(counts as BatchSummary, 'byEntity', {
    value: () => ({}),
  });
  const summary =
    entities && noted ? entities.summarize(plain, { ...batch, ...outcome, ...noted }, logger) : plain;
  if (summary.checkpoint !== undefined && deadline.reached()) {
    // Without any progress the next attempt will make none either, until Lambda gives the records up.
    const stuck = outcome.succeeded + outcome.failed === 0;
    ignoreErrors(() =>
      logger[stuck ? 'error' : 'warn'](new DeadlineError(reserveMs).message, { ...summary }),
    );
  }
  ignoreErrors(() => logger.debug('Batch processed', summary as unknown as LogFields));
  if (onBatch === undefined) return;
  try {
    const result = onBatch(summary);
    // Waited for, as Lambda may freeze the sandbox after the answer; but the answer must not be late for it.
    if (isThenable(result) || isUnfinished(result)) {
      await inTime(finished('onBatch', result), deadline.remainingMs() / 2);
    }
  } catch (error) {
    ignoreErrors(() => logger.error('onBatch failed', { error }));
  }
}

/** A record whose letter was accepted may still fail, in a middleware around `deadLetter`. */
function countSucceeded(
  { sequenceNumbers }: Batch,
  { states }: Outcome,
  letters: Pick<ReadonlySet<string>, 'has' | 'size'> | undefined,
): number {
  if (!letters?.size) return 0;
  return sequenceNumbers.filter(
    (sequenceNumber, index) => states[index] === RecordState.succeeded && letters.has(sequenceNumber),
  ).length;
}

function lagOf(last: ReportableRecord | undefined): number | undefined {
  const createdAt = creationMsOf(last?.dynamodb) ?? Number.NaN;
  return Number.isNaN(createdAt) ? undefined : Date.now() - createdAt;
}
