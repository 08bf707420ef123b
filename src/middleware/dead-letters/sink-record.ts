import type { EventName, RecordBase } from '../../record/stream-record.ts';
import type { SinkRecord } from '../../sinks/sink.ts';

/**
 * The record as the sink of its letter gets it. A FIFO queue groups by the item key; where that is just what cannot be
 * unmarshalled, the key goes as Lambda sent it, or the letter could never be written.
 */
export function sinkRecordOf(record: RecordBase<EventName, object>): SinkRecord {
  try {
    return record.keys && record;
  } catch {
    const { eventName, eventID, sequenceNumber, tableName, raw } = record;
    return { eventName, eventID, sequenceNumber, tableName, keys: raw.dynamodb?.Keys as object };
  }
}
