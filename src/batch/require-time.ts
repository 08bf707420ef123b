import { quietly } from '../promise/quietly.ts';
import type { LazyRecord } from '../record/lazy-record.ts';
import { isOver, type RecordContext } from './record-context.ts';

/**
 * Refuses to start a further step of a record in flight once the deadline is reached: the answer that names the record
 * is decided, and Lambda delivers it again. Asked where a step waited for something; what starts at once needs no check.
 *
 * @param step what would start, for the log
 * @throws DeadlineError
 */
export function requireTime(record: LazyRecord, context: RecordContext, step: string): void {
  if (!isOver(context)) return;
  const { signal, logger } = context;
  quietly(() => logger.warn(`Deadline reached: ${step} was not started`, logFieldsOf(record)));
  throw signal.reason;
}

/** The fields that name a record in the log, and nothing of its item. */
export function logFieldsOf({
  eventID,
  sequenceNumber,
  tableName,
  eventName,
  entity,
}: LazyRecord): Readonly<Record<string, unknown>> {
  return { eventID, sequenceNumber, tableName, eventName, ...(entity !== undefined && { entity }) };
}
