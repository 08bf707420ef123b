import { eventJson } from './event-json.ts';
import type { QueuedRecord } from './queued-record.ts';

/** The limits that close a batch, besides time. */
export interface BatchLimits {
  readonly batchSize: number;
  /** True if a batch may hold records of several pages. It may only with a batching window. */
  readonly acrossPages: boolean;
}

/** Lambda's limit for the event of one invocation, base64 and metadata included: 6 MB. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

const ENVELOPE_BYTES = eventJson([]).length;

/**
 * How many of the records that wait go into the next batch, and whether that batch can take no more.
 * A record that exceeds the limit alone is a batch of its own.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
 */
export function nextBatch(
  waiting: readonly QueuedRecord[],
  { batchSize, acrossPages }: BatchLimits,
): { readonly count: number; readonly full: boolean } {
  const page = waiting[0]?.page;
  let bytes = ENVELOPE_BYTES;
  for (const [count, record] of waiting.entries()) {
    bytes += record.bytes + (count === 0 ? 0 : 1); // the comma
    const otherPage = !acrossPages && record.page !== page;
    if (count === batchSize || otherPage || (count > 0 && bytes > MAX_EVENT_BYTES)) {
      return { count, full: true };
    }
  }
  return { count: waiting.length, full: waiting.length === batchSize };
}
