import { reportedBy } from '../../delivery/batch-response.ts';
import type { InvocationOutcome } from '../../delivery/invoke.ts';
import { type Entry, sequenceNumberOf } from './entry.ts';

/** What an invocation did: so many records from the first on succeeded, and whether the one after them failed. */
export interface Verdict {
  readonly succeeded: number;
  /** `record`: the one after those that succeeded; `batch`: nobody knows which; undefined: none. */
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
  entries: readonly Entry<unknown>[],
  partialResponses: boolean,
): Verdict {
  const all: Verdict = { succeeded: entries.length, failed: undefined };
  const unknown: Verdict = { succeeded: 0, failed: entries.length === 1 ? 'record' : 'batch' };
  if (outcome.type !== 'returned') return unknown;
  if (!partialResponses) return all;
  const reported = reportedBy(outcome.response);
  if (reported.type === 'succeeded') return all;
  if (reported.type === 'malformed') return unknown;
  const positions = positionsOf(entries);
  let lowest = entries.length;
  for (const identifier of reported.identifiers) {
    const position = positions.get(identifier);
    if (position === undefined) return unknown;
    lowest = Math.min(lowest, position);
  }
  return { succeeded: lowest, failed: 'record' };
}

/** Of two records with one sequence number the first counts: what is taken for failed may only be repeated. */
function positionsOf(entries: readonly Entry<unknown>[]): ReadonlyMap<unknown, number> {
  return new Map(entries.map((entry, index) => [sequenceNumberOf(entry), index] as const).toReversed());
}
