import type { DynamoDBRecord } from 'aws-lambda';
import type { RecordFailedMessage } from '../batch/record-failed.ts';
import { parseResponse } from '../delivery/batch-response.ts';
import { numberReader, type ToNumber } from '../unmarshall/numbers.ts';
import { unmarshall } from '../unmarshall/unmarshall.ts';
import type { RecordFailure } from './deliver.ts';

/** The records of one invocation that failed. */
export interface InvocationFailures {
  readonly failures: readonly RecordFailure[];
  readonly deadLettered: readonly RecordFailure[];
}

/** The invocation in which records failed. */
export interface FailedInvocation extends Pick<RecordFailure, 'requestId' | 'attempt'> {
  readonly records: readonly DynamoDBRecord[];
  /** The messages of the router. */
  readonly published: readonly RecordFailedMessage[];
  /** The response, if there was one. */
  readonly response: unknown;
}

/**
 * Lists the records that failed in an invocation: those that a router has told about, in the order in which they failed,
 * and those that the response names besides.
 */
export function failuresOf(invocation: FailedInvocation): InvocationFailures {
  const { records, published, response, requestId, attempt } = invocation;
  const bySequenceNumber = new Map(records.map((record) => [record.dynamodb?.SequenceNumber, record]));
  const failureOf = (record: DynamoDBRecord, error: unknown): RecordFailure => ({
    keys: keysOf(record),
    error,
    requestId,
    attempt,
    record,
  });
  const told = (outcome: RecordFailedMessage['outcome']): RecordFailure[] =>
    published.flatMap((message) => {
      const record = bySequenceNumber.get(message.sequenceNumber);
      return message.outcome === outcome && record !== undefined ? [failureOf(record, message.error)] : [];
    });
  const failures = told('failed');
  const known = new Set(failures.map(({ record }) => record));
  const reported = parseResponse(response);
  const named = reported.type === 'identifiers' ? reported.identifiers : [];
  const silent = [...new Set(named)].flatMap((identifier) => {
    const record = bySequenceNumber.get(identifier as string);
    return record === undefined || known.has(record) ? [] : [failureOf(record, undefined)];
  });
  return { failures: [...failures, ...silent], deadLettered: told('deadLettered') };
}

// The default policy needs nothing that has to be loaded.
const toNumber = numberReader('number') as ToNumber;

/** The key of a record; empty for one whose Keys cannot be read. */
function keysOf({ dynamodb }: DynamoDBRecord): Readonly<Record<string, unknown>> {
  try {
    return unmarshall(dynamodb?.Keys ?? {}, toNumber);
  } catch {
    return {};
  }
}
