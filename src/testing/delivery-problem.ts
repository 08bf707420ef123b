import { partOf } from '../failure/content-free-cause.ts';
import type { Delivery, RecordFailure } from './deliver.ts';
import { errorsText, failureText } from './failure-text.ts';

/** Checks if a value is a result of `deliver`. */
export function isDelivery(value: unknown): value is Delivery {
  const { invocations, failures, deadLettered } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Array.isArray(invocations) && Array.isArray(failures) && Array.isArray(deadLettered);
}

/**
 * Says what keeps a delivery from being a success: records that were discarded, dead-lettered, or lost because the mapping
 * ignores what the function reports. A record that failed and succeeded in a later attempt is a success.
 *
 * @returns undefined for a success
 */
export function deliveryProblem(delivery: Delivery): string | undefined {
  const { onFailure, deadLettered } = delivery;
  const discarded = onFailure.reduce((sum, { DDBStreamBatchInfo }) => sum + DDBStreamBatchInfo.batchSize, 0);
  const ignored = ignoredFailures(delivery).length;
  const problems = [
    discarded > 0 && `${recordsOf(discarded)} discarded`,
    deadLettered.length > 0 && `${recordsOf(deadLettered.length)} dead-lettered`,
    ignored > 0 &&
      `${recordsOf(ignored)} lost: the function reported the failure, and the mapping ignored it, as ` +
        "functionResponseTypes is not ['ReportBatchItemFailures']",
  ].filter((problem) => problem !== false);
  return problems.length === 0 ? undefined : `${problems.join('; ')}.`;
}

/** Writes why records failed. Empty if none did. */
export function deliveryReasons({ failures, deadLettered, errors }: Delivery): string {
  // The error of a batch wraps that of a record, which is listed already.
  const known = new Set(failures.map(({ error }) => error));
  const thrown = errors.filter((error) => !known.has(partOf(error, 'cause')));
  return [
    ...titled('Records that failed:', failures.length > 0 && failureText(failures)),
    ...titled('Records that were dead-lettered:', deadLettered.length > 0 && failureText(deadLettered)),
    ...titled('The function threw:', thrown.length > 0 && errorsText(thrown)),
  ].join('');
}

function titled(title: string, text: string | false): string[] {
  return text === false ? [] : [`\n\n${title}\n${text}`];
}

/** Failures in an invocation that counts as a success: Lambda does not deliver these records again. */
function ignoredFailures({ failures, invocations }: Delivery): RecordFailure[] {
  const succeeded = new Set(
    invocations
      .filter(({ outcome }) => outcome === 'succeeded')
      .map(({ requestId, attempt }) => `${requestId} ${attempt}`),
  );
  return failures.filter(({ requestId, attempt }) => succeeded.has(`${requestId} ${attempt}`));
}

function recordsOf(count: number): string {
  return count === 1 ? '1 record was' : `${count} records were`;
}
