import { parseResponse } from '../../delivery/batch-response.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { type ReplayRecord, sequenceNumberOf } from './replay-record.ts';

/** The result of a batch: the first `succeeded` records succeeded, and the next one may have failed. */
export interface BatchResult {
  readonly succeeded: number;
  /** `record`: the one after those that succeeded; `batch`: an unknown one of the batch; undefined: none. */
  readonly failed: 'record' | 'batch' | undefined;
}

/**
 * Reads a response as Lambda does, with one difference: if the first record is reported, Lambda counts the whole batch as
 * failed, and a replay counts only that record as failed. In a batch of one record, that record has failed.
 *
 * @param partialResponses false: any response is success, as without ReportBatchItemFailures
 */
export function readResponse(
  outcome: InvocationOutcome,
  records: readonly ReplayRecord<unknown>[],
  partialResponses: boolean,
): BatchResult {
  const all: BatchResult = { succeeded: records.length, failed: undefined };
  const unknown: BatchResult = { succeeded: 0, failed: records.length === 1 ? 'record' : 'batch' };
  if (outcome.type !== 'returned') return unknown;
  if (!partialResponses) return all;
  const reported = parseResponse(outcome.response);
  if (reported.type === 'succeeded') return all;
  if (reported.type === 'malformed') return unknown;
  const positions = positionsOf(records);
  let lowest = records.length;
  for (const identifier of reported.identifiers) {
    const position = positions.get(identifier);
    if (position === undefined) return unknown;
    lowest = Math.min(lowest, position);
  }
  return { succeeded: lowest, failed: 'record' };
}

/** Maps sequence numbers to positions. Of two equal ones the first counts: records that count as failed are only repeated. */
function positionsOf(records: readonly ReplayRecord<unknown>[]): ReadonlyMap<unknown, number> {
  return new Map(records.map((record, index) => [sequenceNumberOf(record), index] as const).toReversed());
}
