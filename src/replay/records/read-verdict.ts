import { reportedBy } from '../../delivery/batch-response.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { type ReplayRecord, sequenceNumberOf } from './replay-record.ts';

/** The result of an invocation: so many records from the first on succeeded, and the one after them failed or did not. */
export interface Verdict {
  readonly succeeded: number;
  /** `record`: the one after those that succeeded; `batch`: one of them, it is not known which; undefined: none. */
  readonly failed: 'record' | 'batch' | undefined;
}

/**
 * Reads a response as Lambda does, but for one thing: when the first record is the one that is reported, Lambda
 * takes the whole batch for failed, and here that record has. So it has, when it is alone.
 *
 * @param partialResponses false: any answer is success, as without ReportBatchItemFailures
 */
export function readVerdict(
  outcome: InvocationOutcome,
  records: readonly ReplayRecord<unknown>[],
  partialResponses: boolean,
): Verdict {
  const all: Verdict = { succeeded: records.length, failed: undefined };
  const unknown: Verdict = { succeeded: 0, failed: records.length === 1 ? 'record' : 'batch' };
  if (outcome.type !== 'returned') return unknown;
  if (!partialResponses) return all;
  const reported = reportedBy(outcome.response);
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

/** Of two records with one sequence number the first counts: what is taken for failed may only be repeated. */
function positionsOf(records: readonly ReplayRecord<unknown>[]): ReadonlyMap<unknown, number> {
  return new Map(records.map((record, index) => [sequenceNumberOf(record), index] as const).toReversed());
}
