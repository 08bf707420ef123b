import type { DynamoDBRecord } from 'aws-lambda';
import { isDeadLetterVersion } from '../dead-letter/dead-letter.ts';
import { parsedText, withoutEnvelopes } from '../dead-letter/envelope.ts';
import { parseDeadLetter } from '../dead-letter/parse-dead-letter.ts';
import { isPlainObject, recordProblem } from '../dead-letter/record-problem.ts';
import { isSequenceNumber } from '../record/sequence-number.ts';

/** Where records lie in a stream. */
export interface StreamRange {
  readonly streamArn: string;
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  /** The number of discarded records of the range. With filters, or a parallelizationFactor, the range holds more records. */
  readonly batchSize: number;
}

/** The content of a message: its failed records, or their position in a shard. */
export type ReplayMessage =
  /** An on-failure document: the records are in the stream, as long as that keeps them. */
  | { readonly kind: 'range'; readonly range: StreamRange }
  /** An on-failure document of an S3 destination: the records are in it. */
  | { readonly kind: 'payload'; readonly records: readonly [DynamoDBRecord, ...DynamoDBRecord[]] }
  /** A dead letter: the record is in it. */
  | {
      readonly kind: 'deadLetter';
      readonly records: readonly [DynamoDBRecord];
      /** The name of the function that failed on the record. Empty where it is not known. */
      readonly functionName: string;
    }
  | { readonly kind: 'unknown'; readonly problem: string };

type Fields = Readonly<Record<string, unknown>>;

const STREAM_ARN = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[^/]+\/stream\/.+$/;
const MAX_RECORDS = 10_000;

const NEITHER = 'it is neither an on-failure document nor a dead letter';

/**
 * Reads what an on-failure destination or a dead-letter sink holds: an on-failure document or a dead letter, as an
 * object or as JSON, also in the envelope of SNS or EventBridge.
 *
 * Never throws: a queue may hold anything, and one message must not end the replay of the others.
 */
export function parseReplayMessage(message: unknown): ReplayMessage {
  const content = withoutEnvelopes(plain(message));
  if (!isPlainObject(content)) return unknown(NEITHER);
  if (isPlainObject(content.DDBStreamBatchInfo)) {
    return content.payload === undefined
      ? readRange(content.DDBStreamBatchInfo)
      : readPayload(content.payload);
  }
  try {
    const { record, function: failed, traceparent } = parseDeadLetter(content);
    return { kind: 'deadLetter', records: [tracedRecord(record, traceparent)], functionName: failed.name };
  } catch (error) {
    return unknown(isDeadLetterVersion(content.version) ? (error as Error).message : NEITHER);
  }
}

/** The record with the trace in which it failed: the handler gets records as JSON, and its middleware `tracing` reads it there. */
function tracedRecord(record: DynamoDBRecord, traceparent: string | undefined): DynamoDBRecord {
  return traceparent === undefined ? record : Object.assign({ ...record }, { traceparent });
}

/** As JSON carries it: an object of a program may contain itself, throw when it is read, or change later. */
function plain(message: unknown): unknown {
  try {
    return typeof message === 'string' ? message : parsedText(JSON.stringify(message));
  } catch {
    return undefined;
  }
}

function readRange(info: Fields): ReplayMessage {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } = info;
  return typeof streamArn === 'string' &&
    STREAM_ARN.test(streamArn) &&
    typeof shardId === 'string' &&
    isCount(batchSize) &&
    isSequenceNumber(startSequenceNumber) &&
    isSequenceNumber(endSequenceNumber)
    ? { kind: 'range', range: { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } }
    : unknown('its DDBStreamBatchInfo does not say where the records are');
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_RECORDS;
}

/** Lambda writes the event as text; tools that rewrite documents may have parsed it. */
function readPayload(payload: unknown): ReplayMessage {
  const event = typeof payload === 'string' ? parsedText(payload) : payload;
  const records: unknown = isPlainObject(event) ? event.Records : undefined;
  return isRecords(records)
    ? { kind: 'payload', records }
    : unknown('its payload is not an event with records of a stream');
}

function isRecords(value: unknown): value is readonly [DynamoDBRecord, ...DynamoDBRecord[]] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((record) => recordProblem(record) === undefined)
  );
}

function unknown(problem: string): ReplayMessage {
  return { kind: 'unknown', problem };
}
