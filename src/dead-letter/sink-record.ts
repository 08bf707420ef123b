import { jsonTextOf, nestsDeeper } from '../item/json-text.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import type { SinkRecord } from '../sinks/sink.ts';
import { recordTraceOf, setRecordTrace } from '../trace-context/record-trace.ts';

const MAX_LEVELS = 100;

/**
 * The record as the sink of its letter gets it. A FIFO queue groups by the item key; where that is just what cannot be
 * unmarshalled, the key goes as Lambda sent it, or the letter could never be written.
 */
export function sinkRecordOf(record: RecordBase<EventName, object>): SinkRecord {
  try {
    return record.keys && record;
  } catch {
    const { eventName, eventID, sequenceNumber, tableName, raw } = record;
    const keys = asSent(raw.dynamodb?.Keys as object);
    const sent: SinkRecord = { eventName, eventID, sequenceNumber, tableName, keys };
    const trace = recordTraceOf(record);
    if (trace !== undefined) setRecordTrace(sent, trace);
    return sent;
  }
}

/** Keys that nest deeper than any item does would fill the stack where they are written as JSON. */
function asSent(keys: object): object {
  return nestsDeeper(keys, MAX_LEVELS) ? { Keys: jsonTextOf(keys) } : keys;
}
