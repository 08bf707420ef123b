import type { DynamoDBRecord } from 'aws-lambda';
import { creationSecondsOf } from '../record/creation-time.ts';
import { eventJson } from './event-json.ts';

/** Why records were discarded. */
export type OnFailureCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/**
 * The message of an on-failure destination about discarded records: the body of an SQS message, the Message of an SNS
 * notification. It names the position of the records in the stream. Only an S3 destination gets the records, as `payload`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export interface OnFailureDocument {
  /** The invocation, its function, and why the records were discarded. */
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: OnFailureCondition;
    /** Invocations that these records had together, since the batch was last cut; at least 1. */
    readonly approximateInvokeCount: number;
  };
  /** The answer of the last invocation. Absent when the records were discarded for their age. */
  readonly responseContext?: {
    readonly statusCode: number;
    readonly executedVersion: string;
    /** `"Unhandled"` when the function threw or timed out; null when it answered that records failed. */
    readonly functionError: 'Unhandled' | null;
  };
  /** The version of the format. */
  readonly version: '1.0';
  /** When the records were discarded: ISO 8601 with milliseconds. */
  readonly timestamp: string;
  /** The position of the records in the stream. */
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    /** ISO 8601, to the second. */
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    /** Records discarded. */
    readonly batchSize: number;
    readonly streamArn: string;
  };
  /** The event as a JSON string: only in the object that an S3 destination writes. */
  readonly payload?: string;
}

/** The arguments of {@link onFailureDocument}. */
export interface DiscardedRecords {
  readonly streamArn: string;
  readonly shardId: string;
  /** At least one. */
  readonly records: readonly DynamoDBRecord[];
  readonly requestId: string;
  readonly functionArn: string;
  readonly condition: OnFailureCondition;
  readonly approximateInvokeCount: number;
  /** True if the last invocation threw or timed out; false if it answered. */
  readonly threw: boolean;
  /** Epoch milliseconds. */
  readonly discardedAt: number;
}

/** Makes the document about discarded records, its keys in AWS's order. */
export function onFailureDocument(discarded: DiscardedRecords): OnFailureDocument {
  const { records, condition } = discarded;
  const first = records[0]?.dynamodb;
  const last = records.at(-1)?.dynamodb;
  return {
    requestContext: {
      requestId: discarded.requestId,
      functionArn: discarded.functionArn,
      condition,
      // Records can be too old before any invocation, and still AWS says 1.
      approximateInvokeCount: Math.max(1, discarded.approximateInvokeCount),
    },
    ...(condition === 'RetryAttemptsExhausted' && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: discarded.threw ? ('Unhandled' as const) : null,
      },
    }),
    version: '1.0',
    timestamp: new Date(discarded.discardedAt).toISOString(),
    DDBStreamBatchInfo: {
      shardId: discarded.shardId,
      startSequenceNumber: first?.SequenceNumber ?? '',
      endSequenceNumber: last?.SequenceNumber ?? '',
      approximateArrivalOfFirstRecord: arrivalOf(first),
      approximateArrivalOfLastRecord: arrivalOf(last),
      batchSize: records.length,
      streamArn: discarded.streamArn,
    },
  };
}

/** The document as an S3 destination writes it: with the event that held the discarded records. */
export function withPayload(
  document: OnFailureDocument,
  records: readonly DynamoDBRecord[],
): OnFailureDocument {
  return { ...document, payload: eventJson(records.map((record) => JSON.stringify(record))) };
}

/** Epoch seconds as `2019-11-14T00:13:19Z`; empty when the record does not say. */
function arrivalOf(change: DynamoDBRecord['dynamodb']): string {
  const seconds = creationSecondsOf(change);
  return seconds === undefined ? '' : new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
