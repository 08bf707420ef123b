import type { DynamoDBRecord } from 'aws-lambda';
import { deadLetterOf } from '../middleware/dead-letters/dead-letter-of.ts';
import { isSequenceNumber } from '../record/sequence-number.ts';

/** Where records lie in a stream. */
export interface StreamRange {
  readonly streamArn: string;
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  /** How many records of the range were given up: with filters or parallel lanes not all that are in it. */
  readonly batchSize: number;
}

/** What a message says of records that failed. */
export type Replayable =
  /** An on-failure document: the records are in the stream, as long as that keeps them. */
  | { readonly kind: 'range'; readonly range: StreamRange }
  /** An on-failure document of an S3 destination, or a dead letter: the records are in it. */
  | {
      readonly kind: 'payload' | 'dead-letter';
      readonly records: readonly [DynamoDBRecord, ...DynamoDBRecord[]];
    }
  | { readonly kind: 'unknown'; readonly problem: string };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what an on-failure destination or a dead-letter sink holds: an on-failure document or a dead letter, as an
 * object or as JSON, also in the envelope of SNS or EventBridge.
 */
export function readReplayable(message: unknown): Replayable {
  const content = contentOf(message);
  if (!isObject(content)) return unknown('it is neither an on-failure document nor a dead letter');
  if (isObject(content.DDBStreamBatchInfo)) {
    return content.payload === undefined
      ? readRange(content.DDBStreamBatchInfo)
      : readPayload(content.payload);
  }
  try {
    return { kind: 'dead-letter', records: [deadLetterOf(content).record] };
  } catch (error) {
    const isLetter = `${content.version}`.startsWith('streamlane.dead-letter/');
    return unknown(
      isLetter ? (error as Error).message : 'it is neither an on-failure document nor a dead letter',
    );
  }
}

/** Without what SNS (unless the subscription asks for raw delivery) and EventBridge put around a message. */
function contentOf(message: unknown): unknown {
  const content = typeof message === 'string' ? parsed(message) : message;
  if (!isObject(content)) return content;
  if (content.Type === 'Notification') return contentOf(content.Message);
  return 'detail-type' in content ? contentOf(content.detail) : content;
}

function readRange(info: Fields): Replayable {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } = info;
  return typeof streamArn === 'string' &&
    typeof shardId === 'string' &&
    typeof batchSize === 'number' &&
    isSequenceNumber(startSequenceNumber) &&
    isSequenceNumber(endSequenceNumber)
    ? { kind: 'range', range: { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } }
    : unknown('its DDBStreamBatchInfo does not say where the records are');
}

function readPayload(payload: unknown): Replayable {
  const event = typeof payload === 'string' ? parsed(payload) : undefined;
  const records = isObject(event) ? event.Records : undefined;
  return isRecords(records)
    ? { kind: 'payload', records }
    : unknown('its payload has no records with Keys and SequenceNumber');
}

function isRecords(value: unknown): value is readonly [DynamoDBRecord, ...DynamoDBRecord[]] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

/** With what its place in the order is known by. */
function isRecord(value: unknown): boolean {
  const { dynamodb } = (value ?? {}) as { readonly dynamodb?: unknown };
  return isObject(dynamodb) && isObject(dynamodb.Keys) && isSequenceNumber(dynamodb.SequenceNumber);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unknown(problem: string): Replayable {
  return { kind: 'unknown', problem };
}
