import { ignoreErrors } from '../promise/ignore-errors.ts';
import { knownEntityOf } from '../record/known-entity.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { isOver, type RecordContext } from './record-context.ts';
import type { RecordFailedMessage } from './record-failed.ts';

/**
 * Refuses to start a further step of a record in flight once the deadline is reached: the answer that names the record
 * is decided, and Lambda delivers it again. Asked where a step waited for something; what starts at once needs no check.
 *
 * @param step what would start, for the log
 * @throws DeadlineError
 */
export function requireTime(
  record: RecordBase<EventName, unknown>,
  context: RecordContext,
  step: string,
): void {
  if (!isOver(context)) return;
  const { signal, logger } = context;
  ignoreErrors(() => logger.warn(`Deadline reached: ${step} was not started`, logFieldsOf(record)));
  throw signal.reason;
}

/** The fields that name a record in logs and messages, and nothing of its item. */
export function logFieldsOf(
  record: RecordBase<EventName, unknown>,
): Pick<RecordFailedMessage, 'eventID' | 'sequenceNumber' | 'tableName' | 'eventName' | 'entity'> {
  const { eventID, sequenceNumber, tableName, eventName } = record;
  const entity = knownEntityOf(record);
  return { eventID, sequenceNumber, tableName, eventName, ...(entity !== undefined && { entity }) };
}
