import type { Deadline } from '../batch/deadline.ts';
import { inTime } from '../batch/in-time.ts';
import { isThenable } from '../promise/thenable.ts';
import type { LazyRecord } from '../record/lazy-record.ts';

/**
 * Counts records again, in order, until one fails or the time is over. Records that are not counted again lie past the
 * checkpoint, so Lambda sends them again.
 *
 * @param count counts one record; its error fails that record
 * @param failed gets the record that failed
 * @param until ends when nothing is counted any more: what `count` has started learns it by its signal
 */
export async function countAgain(
  records: Iterable<LazyRecord>,
  count: (record: LazyRecord) => unknown,
  failed: (record: LazyRecord, error: unknown) => void,
  until: Deadline,
): Promise<void> {
  for (const record of records) {
    if (until.leftMs() <= 0) return until.end();
    try {
      const result = count(record);
      if (isThenable(result) && !(await inTime(result, until.leftMs()))) return until.end();
    } catch (error) {
      return failed(record, error);
    }
  }
}
