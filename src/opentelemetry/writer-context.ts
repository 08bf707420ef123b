import type { AttributeValue, StreamRecord } from 'aws-lambda';
import { LazyRecord } from '../record/lazy-record.ts';
import type { EventName, RecordBase } from '../record/stream-record.ts';
import { parseTraceparent, type TraceContext } from '../trace-context/trace-context.ts';

/** The member with which a replay hands over the trace of a dead letter. Lambda's records have no such member. */
interface ReplayedRecord {
  readonly traceparent?: unknown;
}

/**
 * Reads the context of the writer of a change from an attribute of the item.
 *
 * An attribute stays until the next writer sets it. So it tells the writer of this change only if this change has set it:
 * not for REMOVE, not if both images have the same value, and not if a MODIFY record carries no old image to compare with.
 *
 * The attribute is a `traceparent` as text, or a map with that text as `traceparent`. It is read as stored, whatever a schema
 * makes of the item.
 */
export function writerContextOf(
  record: RecordBase<EventName, unknown>,
  attribute: string,
): TraceContext | undefined {
  const { eventName } = record;
  if (eventName === 'REMOVE') return undefined;
  const { NewImage, OldImage } = LazyRecord.rawOf(record).dynamodb as StreamRecord;
  if (eventName === 'MODIFY' && !OldImage) return undefined;
  const written = traceparentIn(NewImage, attribute);
  return written === traceparentIn(OldImage, attribute) ? undefined : parseTraceparent(written);
}

/** The context in which a replayed record failed before. Undefined for all other records. */
export function replayedContextOf(record: RecordBase<EventName, unknown>): TraceContext | undefined {
  return parseTraceparent((LazyRecord.rawOf(record) as ReplayedRecord).traceparent);
}

function traceparentIn(
  image: Readonly<Record<string, AttributeValue>> | null | undefined,
  attribute: string,
): string | undefined {
  if (!image || !Object.hasOwn(image, attribute)) return undefined;
  const value = image[attribute];
  return value?.S ?? value?.M?.traceparent?.S;
}
