import { readBatchResponse, reportedBy } from '../mapping/batch-response.ts';
import type { InvocationResult } from '../mapping/delivery.ts';
import type { Entry } from './entry.ts';

/** What an invocation did: so many records from the first on succeeded, and whether the one after them failed. */
export interface Verdict {
  readonly succeeded: number;
  /** `record`: the one after those that succeeded; `batch`: nobody knows which; undefined: none. */
  readonly failed: 'record' | 'batch' | undefined;
}

/**
 * Reads a response as Lambda does, but for one thing: when the first record is the one that is reported, Lambda
 * takes the whole batch for failed, and here that record has.
 *
 * @param partialResponses false: any answer is success, as without ReportBatchItemFailures
 */
export function readVerdict(
  result: InvocationResult,
  entries: readonly Entry[],
  partialResponses: boolean,
): Verdict {
  if (result.type !== 'returned') return { succeeded: 0, failed: 'batch' };
  if (!partialResponses) return { succeeded: entries.length, failed: undefined };
  const records = entries.map(({ queued }) => queued.record);
  const verdict = readBatchResponse(result.response, records);
  if (verdict.type === 'succeeded') return { succeeded: entries.length, failed: undefined };
  if (verdict.type === 'partial') return { succeeded: verdict.index, failed: 'record' };
  const reported = reportedBy(result.response);
  const identifiers = reported.type === 'identifiers' ? reported.identifiers : [];
  const known = new Set<unknown>(records.map(({ dynamodb }) => dynamodb?.SequenceNumber));
  const first = identifiers.length > 0 && identifiers.every((identifier) => known.has(identifier));
  return { succeeded: 0, failed: first ? 'record' : 'batch' };
}
