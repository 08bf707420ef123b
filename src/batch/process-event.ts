import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
import { type LazyRecord, openRecord, type RecordReading } from '../record/lazy-record.ts';
import { numberReader, type ToNumber } from '../unmarshall/numbers.ts';
import { deadLetteredIn } from './dead-lettered.ts';
import { Deadline } from './deadline.ts';
import { validateEvent } from './event.ts';
import type { BatchSettings } from './options.ts';
import { type RecordContext, recordContext } from './record-context.ts';
import { reportFailure, respond, summarize } from './report.ts';
import type { ReportedCheckpoints } from './reported-checkpoints.ts';
import { BatchRun } from './run.ts';

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
  // Thrown to whoever awaits it, at the first event; until then nobody does.
  if (toNumber instanceof Promise) toNumber.catch(() => {});
  return { settings, toNumber };
}

/**
 * Processes one event: records -> lanes -> handlers -> checkpoint -> response.
 *
 * @throws InvalidEventError or ConfigurationError before any handler has run; BatchFailedError when
 * `partialResponses` is off
 */
export async function processEvent(
  { settings, toNumber }: BatchProcessor,
  event: unknown,
  lambdaContext: Context | undefined,
  reported: ReportedCheckpoints,
  handle: HandleRecord,
): Promise<DynamoDBBatchResponse> {
  const startedAt = performance.now();
  const { table, viewType, logger } = settings;
  const batch = validateEvent(event, { viewType, keys: table?.keys });
  const { records } = batch;
  const deadline = new Deadline(lambdaContext, settings.reserveMs);
  const reading: RecordReading = {
    toNumber: typeof toNumber === 'function' ? toNumber : await toNumber,
    viewType,
    checks: table?.['~checks'],
    deadline,
  };
  const context = recordContext(logger, deadline, lambdaContext);
  const run = new BatchRun(
    records,
    {
      order: settings.order,
      concurrency: settings.concurrency,
      partitionKey: table?.keys[0],
      firstAlone: reported.startsBatch(batch),
    },
    deadline,
    {
      handle: (record) => handle(openRecord(record, reading), context),
      failed: (index, error) => {
        deadline.answer?.failed(batch.sequenceNumbers[index] as string);
        reportFailure(logger, batch, index, error);
      },
    },
  );
  const outcome = await run.run();
  const released = deadline.answer?.released();
  if (released !== undefined) await released;
  reported.settle(batch, outcome.checkpoint);
  await summarize(settings, batch, outcome, startedAt, deadline, deadLetteredIn(context));
  return respond(settings, batch, outcome);
}
