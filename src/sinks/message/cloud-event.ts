import type { DynamoDBRecord } from 'aws-lambda';
import type { SinkRecord } from '../sink.ts';
import { itemKeyOf } from './item-identity.ts';
import { traceMembersOf } from './message-trace.ts';

/** A change as a CloudEvent in JSON format. */
export interface CloudEvent<Data = ChangeData> {
  /** The version of CloudEvents. */
  readonly specversion: '1.0';
  /** The record's event id: with `source` it tells one event from all others, at every redelivery. */
  readonly id: string;
  /** The ARN of the stream. */
  readonly source: string;
  /** As in `com.amazonaws.dynamodb.INSERT`. */
  readonly type: string;
  /** The item key, as JSON with its attributes in alphabetical order. */
  readonly subject: string;
  /** When the change was made, to the second. */
  readonly time?: string;
  /** The media type of `data`. */
  readonly datacontenttype: 'application/json';
  /** The sequence number with leading zeros, so that it can be compared as text. */
  readonly sequence: string;
  /** The item key. Events with the same key have to stay in order. */
  readonly partitionkey: string;
  /** The trace in which the record is handled, if the router has the middleware `tracing`. */
  readonly traceparent?: string;
  /** The `tracestate` of that trace, if it has one. */
  readonly tracestate?: string;
  /** The change. */
  readonly data: Data;
}

/** The data of a CloudEvent of a change: the keys, and the images that the record has. */
export interface ChangeData {
  /** The item's key attributes. */
  readonly keys: object;
  /** The item after the change, if the record has it. */
  readonly newImage?: unknown;
  /** The item before the change, if the record has it. */
  readonly oldImage?: unknown;
}

/** The members of a record that {@link toCloudEvent} reads. All records that handlers get have them. */
export interface CloudEventRecord extends SinkRecord {
  /** When the change was made. */
  readonly approximateCreationDateTime: Date;
  /** The record as Lambda sends it. */
  readonly raw: DynamoDBRecord;
  /** The item after the change. */
  readonly newImage?: unknown;
  /** The item before the change. */
  readonly oldImage?: unknown;
}

const SEQUENCE_DIGITS = 40;

/**
 * Puts a record into a CloudEvents 1.0 envelope, with the extensions `sequence` and `partitionkey`, and
 * `traceparent` under the middleware `tracing`.
 *
 * ```text
 * { specversion: '1.0', id: '7de3…', type: 'com.amazonaws.dynamodb.MODIFY', source: 'arn:aws:dynamodb:…',
 *   subject: '{"invoiceId":"INV-1"}', time: '2026-01-01T00:00:00.000Z', datacontenttype: 'application/json',
 *   sequence: '0000…', partitionkey: '{"invoiceId":"INV-1"}', data: { keys, newImage, oldImage } }
 * ```
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 * @see https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md
 * @see https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/partitioning.md
 * @see https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md
 */
export function toCloudEvent(record: CloudEventRecord): CloudEvent {
  const { eventID, eventName, tableName, sequenceNumber, keys, raw } = record;
  const itemKey = itemKeyOf(record);
  const createdAt = record.approximateCreationDateTime;
  const { newImage, oldImage } = record;
  return {
    specversion: '1.0',
    id: eventID || sequenceNumber,
    // A URI reference must not be empty.
    source: raw.eventSourceARN || `dynamodb/${tableName}`,
    type: `com.amazonaws.dynamodb.${eventName}`,
    subject: itemKey,
    ...(!Number.isNaN(createdAt.getTime()) && { time: createdAt.toISOString() }),
    datacontenttype: 'application/json',
    sequence: sequenceNumber.padStart(SEQUENCE_DIGITS, '0'),
    partitionkey: itemKey,
    ...traceMembersOf(record),
    data: {
      keys,
      ...(newImage !== undefined && { newImage }),
      ...(oldImage !== undefined && { oldImage }),
    },
  };
}
