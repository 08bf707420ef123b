import { streamLabelOf } from './stream-arn.ts';
import type { EventName, RecordBase } from './stream-record.ts';

const SEQUENCE_NUMBER_DIGITS = 40;

/**
 * Says where a change is among all changes of its table, as text that sorts: the label of its stream, then its sequence
 * number in 40 digits.
 *
 * ```text
 * 2026-01-01T00:00:00.000/0000000000000000000400000000000000000003
 * ```
 *
 * A sequence number alone orders the changes of one stream. A table gets another stream when its stream is disabled and
 * enabled again, and when the table is made anew under its name. On AWS the label is the time at which that happened.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamDescription.html
 * @example
 * ```ts
 * router.onModify((record) => save(record.newImage, positionOf(record))); // keep the image with the highest one
 * ```
 */
export function positionOf({
  raw,
  sequenceNumber,
}: Pick<RecordBase<EventName, object>, 'raw' | 'sequenceNumber'>): string {
  return `${streamLabelOf(raw.eventSourceARN)}/${sequenceNumber.padStart(SEQUENCE_NUMBER_DIGITS, '0')}`;
}
