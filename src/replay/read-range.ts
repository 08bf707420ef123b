import { compareSequenceNumbers } from '../record/sequence-number.ts';
import { isServerRecord, type ServerRecord } from '../stream/records/server-record.ts';
import type { StreamSource } from '../stream/stream-source.ts';
import { wait } from '../stream/wait.ts';
import type { StreamRange } from './replay-message.ts';

// A page may be empty although records follow; so many in a row are not, where the range's records would be.
const MAX_EMPTY_PAGES = 20;
const EMPTY_PAGE_WAIT_MS = 50;

/**
 * Reads a range of a shard again, from its first sequence number to its last.
 *
 * @returns the records that are there: it does not wait for more of an open shard
 * @throws TrimmedDataAccessException, ResourceNotFoundException, or when the signal aborts
 */
export async function readRange(
  source: StreamSource,
  { shardId, startSequenceNumber, endSequenceNumber }: StreamRange,
  signal: AbortSignal,
): Promise<readonly ServerRecord[]> {
  const position = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: startSequenceNumber } as const;
  const records: ServerRecord[] = [];
  let iterator: string | undefined = await source.iterator(shardId, position, signal);
  let emptyPages = 0;
  while (iterator !== undefined && emptyPages < MAX_EMPTY_PAGES) {
    if (emptyPages > 0) await wait(EMPTY_PAGE_WAIT_MS, signal);
    const page = await source.page(iterator, signal);
    for (const record of page.records.filter(isServerRecord)) {
      const order = compareSequenceNumbers(record.dynamodb.SequenceNumber, endSequenceNumber);
      if (order <= 0) records.push(record);
      if (order >= 0) return records;
    }
    iterator = page.next;
    emptyPages = page.records.length === 0 ? emptyPages + 1 : 0;
  }
  return records;
}
