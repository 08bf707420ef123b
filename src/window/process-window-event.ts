import type { Context } from 'aws-lambda';
import { Deadline } from '../batch/deadline.ts';
import { recordsOf } from '../batch/event.ts';
import type { BatchProcessor, HandleRecord } from '../batch/process-event.ts';
import { recordContext } from '../batch/record-context.ts';
import { logFailure, quietly, respond, summarize } from '../batch/report.ts';
import { BatchRun } from '../batch/run.ts';
import { validated } from '../batch/validated.ts';
import { ConfigurationError } from '../errors.ts';
import { openRecord } from '../record/lazy-record.ts';
import { Aggregate, type Reduce } from './aggregate.ts';
import { type Close, closeWindow } from './close-window.ts';
import {
  type DynamoDBStreamWindowEvent,
  type DynamoDBWindowResponse,
  isWindowEvent,
} from './window-event.ts';

/** How a window is counted, whatever its items and its state. */
export interface WindowReducer {
  readonly initial: object;
  readonly reduce: Reduce;
  readonly close: Close;
}

/**
 * Processes one event of a tumbling window: records, strictly in order -> state, checkpoint; then `close`, when
 * the window ends.
 *
 * @throws InvalidEventError or ConfigurationError before any record; WindowStateError; DeadlineError; what `close`
 * throws; BatchFailedError when `partialResponses` is off
 */
export async function processWindowEvent(
  { settings, toNumber }: BatchProcessor,
  { initial, reduce, close }: WindowReducer,
  event: DynamoDBStreamWindowEvent,
  lambdaContext: Context | undefined,
): Promise<DynamoDBWindowResponse> {
  const startedAt = performance.now();
  const { table, viewType, logger, reserveMs } = settings;
  const records = recordsOf(event, { viewType, keys: table?.keys });
  if (!isWindowEvent(event)) {
    throw new ConfigurationError(
      'WINDOW_MISMATCH',
      'streamWindow got an event without a tumbling window. Nothing was handled. ' +
        'Set tumblingWindowInSeconds of the event source mapping, or use streamRouter.',
    );
  }
  const reading = {
    toNumber: typeof toNumber === 'function' ? toNumber : await toNumber,
    viewType,
    checks: table?.['~checks'],
  };
  const deadline = new Deadline(lambdaContext, settings.reserveMs);
  const context = recordContext(logger, deadline, lambdaContext);
  const aggregate = new Aggregate(reduce, initial, event.state, context);
  const add: HandleRecord = (record) => aggregate.add(record);
  const handle = table?.schema === undefined ? add : validated(add);
  const run = new BatchRun(
    records,
    { order: 'shard', concurrency: 1, partitionKey: undefined, firstAlone: false },
    deadline,
    {
      handle: (record) => handle(openRecord(record, reading), context),
      failed: (record, error) => logFailure(logger, record, error),
    },
  );
  const outcome = await run.run();
  // Before anything waits: a record that was still being counted at the deadline must not get in.
  const { text, bytes, tooLarge } = aggregate.json();
  const state: DynamoDBWindowResponse['state'] = JSON.parse(text);
  if (records.length > 0) await summarize(settings, records, outcome, startedAt, deadline);
  // A final invocation has no records; were there any that failed, the window could not close yet.
  const final = event.isFinalInvokeForWindow;
  const response = respond(final ? { ...settings, partialResponses: false } : settings, records, outcome);
  if (final) await closeWindow(close, state, event, { logger, deadline, context, reserveMs });
  else if (tooLarge) {
    quietly(() =>
      logger.warn('The state of the window is over 1 MB: Lambda closes the window early', { bytes }),
    );
  }
  return { ...response, state };
}
