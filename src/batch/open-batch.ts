import type { Context } from 'aws-lambda';
import type { RecordReading } from '../record/lazy-record.ts';
import type { ToNumber } from '../unmarshall/numbers.ts';
import { Deadline } from './deadline.ts';
import { type Batch, validateEvent } from './event.ts';
import type { BatchSettings } from './options.ts';
import { type RecordContext, recordContext } from './record-context.ts';

/** An event that can be processed, and what its handlers get. */
export interface OpenBatch {
  readonly startedAt: number;
  readonly batch: Batch;
  readonly deadline: Deadline;
  readonly reading: RecordReading;
  readonly context: RecordContext;
}

/**
 * Checks an event and makes everything ready that its records are handled with.
 *
 * @throws InvalidEventError or ConfigurationError
 */
export function openBatch(
  settings: BatchSettings,
  toNumber: ToNumber,
  event: unknown,
  lambdaContext: Context | undefined,
): OpenBatch {
  const startedAt = performance.now();
  const { owner, table, viewType, logger, reserveMs } = settings;
  const batch = validateEvent(event, { owner, viewType, keys: table?.keys });
  const deadline = new Deadline(lambdaContext, reserveMs);
  const reading: RecordReading = { toNumber, viewType, open: table?.['~open'], deadline };
  return { startedAt, batch, deadline, reading, context: recordContext(logger, deadline, lambdaContext) };
}
