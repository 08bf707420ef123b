import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
import { ignoreErrors } from '../promise/ignore-errors.ts';
import { type LazyRecord, openRecord } from '../record/lazy-record.ts';
import { numberReader, type ToNumber } from '../unmarshall/numbers.ts';
import { openBatch } from './open-batch.ts';
import type { BatchSettings } from './options.ts';
import type { RecordContext } from './record-context.ts';
import { respond } from './report.ts';
import type { ReportedCheckpoints } from './reported-checkpoints.ts';
import { runBatch } from './run-batch.ts';

/** Handles one record; a thenable is waited for. */
export type HandleRecord = (record: LazyRecord, context: RecordContext) => unknown;

/** Settings made ready for events: the number policy is loaded. */
export interface BatchProcessor {
  readonly settings: BatchSettings;
  readonly toNumber: ToNumber | Promise<ToNumber>;
}

/** Makes settings ready for events. */
export function batchProcessor(settings: BatchSettings): BatchProcessor {
  const toNumber = numberReader(settings.numbers);
  // Thrown at the first event, which awaits it; until then it would be an unhandled rejection.
  ignoreErrors(() => toNumber);
  return { settings, toNumber };
}

/**
 * Processes one event: records -> lanes -> handlers -> checkpoint -> response.
 *
 * @throws InvalidEventError or ConfigurationError, at once, before any handler has run
 * @returns rejects with BatchFailedError when `partialResponses` is off
 */
export function processEvent(
  { settings, toNumber }: BatchProcessor,
  event: unknown,
  lambdaContext: Context | undefined,
  reported: ReportedCheckpoints,
  handle: HandleRecord,
): Promise<DynamoDBBatchResponse> {
  if (typeof toNumber !== 'function') {
    return toNumber.then((loaded) =>
      processEvent({ settings, toNumber: loaded }, event, lambdaContext, reported, handle),
    );
  }
  const opened = openBatch(settings, toNumber, event, lambdaContext);
  const { batch, reading, context } = opened;
  return runBatch(settings, opened, {
    order: settings.order,
    concurrency: settings.concurrency,
    partitionKey: settings.table?.keys[0],
    reported,
    handle: (record) => handle(openRecord(record, reading), context),
    answer: (outcome) => respond(settings, batch, outcome),
  });
}
