import { type Deadline, MAX_TIMEOUT_MS } from '../batch/deadline.ts';
import { inTime } from '../batch/in-time.ts';
import { isThenable } from '../promise/thenable.ts';
import type { LazyRecord } from '../record/lazy-record.ts';

/**
 * Counts records again, in order, until one fails or half of the time that is left is used. The other half is for
 * `onBatch` and the answer. Records that are not counted again lie past the checkpoint, so Lambda sends them again.
 *
 * @param count counts one record; what it throws fails that record
 * @param failed gets the record that failed
 */
export async function countAgain(
  records: Iterable<LazyRecord>,
  count: (record: LazyRecord) => unknown,
  failed: (record: LazyRecord, error: unknown) => void,
  deadline: Deadline,
): Promise<void> {
  // Without a clock there is no end.
  const keepMs = Math.min(deadline.remainingMs() / 2, MAX_TIMEOUT_MS);
  for (const record of records) {
    if (deadline.remainingMs() <= keepMs) return;
    try {
      const result = count(record);
      if (isThenable(result) && !(await inTime(result, deadline.remainingMs() - keepMs))) return;
    } catch (error) {
      return failed(record, error);
    }
  }
}
