import type { DynamoDBRecord } from 'aws-lambda';

/** The meaning of a response about a batch, for the event source mapping. */
export type BatchResult =
  | { readonly type: 'succeeded' }
  /** Everything before the index is processed; Lambda delivers again from there. The index is above 0. */
  | { readonly type: 'partial'; readonly index: number }
  | { readonly type: 'failed' };

/** The meaning of a response alone, without the batch that it answers. */
export type ParsedResponse =
  | { readonly type: 'succeeded' }
  /** At least one; each may be anything. */
  | { readonly type: 'identifiers'; readonly identifiers: readonly unknown[] }
  | { readonly type: 'malformed'; readonly problem: string };

const SUCCEEDED: { readonly type: 'succeeded' } = { type: 'succeeded' };
const FAILED: BatchResult = { type: 'failed' };

/**
 * Reads a function's response as a mapping with ReportBatchItemFailures does.
 *
 * | response | verdict |
 * | --- | --- |
 * | `null`, `undefined`, `{}`, `[]`, `""`; `batchItemFailures` empty, `null` or absent | succeeded |
 * | identifiers that are all in the batch | partial from the lowest of them; failed when that is the first record |
 * | an `itemIdentifier` of `""`, `null` or a number; an item with another key | failed |
 * | an identifier that is not in the batch | failed |
 * | anything else: other text, a number, a list of something | failed |
 *
 * AWS documents neither of the last two rows: they are inferred, and the safe side is a failure, which repeats.
 *
 * @param response what came back as JSON, parsed
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function readBatchResponse(response: unknown, records: readonly DynamoDBRecord[]): BatchResult {
  const reported = parseResponse(response);
  if (reported.type === 'succeeded') return SUCCEEDED;
  return reported.type === 'malformed' ? FAILED : verdictOf(reported.identifiers, records);
}

/** Reads the part of a response that needs no batch, after the same table. */
export function parseResponse(response: unknown): ParsedResponse {
  if (isEmpty(response)) return SUCCEEDED;
  if (typeof response !== 'object' || Array.isArray(response)) return malformed('it is not an object');
  const failures: unknown = (response as { readonly batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return SUCCEEDED;
  if (!Array.isArray(failures)) return malformed('its batchItemFailures is not an array');
  if (failures.length === 0) return SUCCEEDED;
  return { type: 'identifiers', identifiers: failures.map((failure): unknown => failure?.itemIdentifier) };
}

function malformed(problem: string): ParsedResponse {
  return { type: 'malformed', problem };
}

function isEmpty(response: unknown): response is null | undefined | '' | readonly [] {
  return (
    response === null ||
    response === undefined ||
    response === '' ||
    (Array.isArray(response) && response.length === 0)
  );
}

function verdictOf(identifiers: readonly unknown[], records: readonly DynamoDBRecord[]): BatchResult {
  const positions = positionsOf(records);
  let lowest = records.length;
  for (const identifier of identifiers) {
    const position = typeof identifier === 'string' ? positions.get(identifier) : undefined;
    if (position === undefined) return FAILED;
    // Records of a batch ascend, so the lowest position is the lowest sequence number.
    if (position < lowest) lowest = position;
  }
  return lowest === 0 ? FAILED : { type: 'partial', index: lowest };
}

function positionsOf(records: readonly DynamoDBRecord[]): ReadonlyMap<unknown, number> {
  return new Map(records.map((record, index) => [record.dynamodb?.SequenceNumber, index]));
}
