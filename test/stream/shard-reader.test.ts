import { expect, test } from 'vitest';
import { ShardReader } from '../../src/stream/shard-reader.ts';
import type { Page, StreamSource } from '../../src/stream/stream-source.ts';

const { signal } = new AbortController();
const RECORD = { dynamodb: { SequenceNumber: '1', Keys: { pk: { S: 'a' } } } };

/** Reads a shard that answers with these pages, and then with empty ones. */
function readerOf(pages: Page[], pollIntervalMs: number): ShardReader {
  const source: Pick<StreamSource, 'iterator' | 'page'> = {
    iterator: async () => 'i',
    page: async () => pages.shift() ?? { records: [], next: 'i' },
  };
  return new ShardReader({
    source: source as StreamSource,
    shardId: 's',
    position: {},
    atLatest: false,
    pollIntervalMs,
    onTrimmed: () => {},
    onUnreadable: () => {},
  });
}

async function poll(reader: ShardReader, times: number): Promise<void> {
  for (let left = times; left > 0; left--) await reader.next(signal, () => 1000);
}

test('ten empty pages in a row prove that there was nothing before the first of them', async () => {
  const reader = readerOf([], 1);
  await poll(reader, 9);
  expect(reader.emptySince).toBe(Number.NEGATIVE_INFINITY);
  await poll(reader, 10);
  const now = performance.now();
  await poll(reader, 9);
  expect(reader.emptySince).toBeLessThan(now);
  await poll(reader, 1);
  expect(reader.emptySince).toBeGreaterThanOrEqual(now);
});

test('records, and the end of the shard, end the row of empty pages', async () => {
  const empty = Array.from({ length: 10 }, () => ({ records: [], next: 'i' }));
  const ended = { records: [], next: undefined };
  const reader = readerOf([...empty, { records: [RECORD], next: 'i' }, ...empty, ended], 1);
  await poll(reader, 11);
  expect(reader.emptySince).toBe(Number.NEGATIVE_INFINITY);
  await poll(reader, 10);
  expect(reader.emptySince).toBeGreaterThan(0);
  await poll(reader, 1);
  expect(reader.emptySince).toBe(Number.NEGATIVE_INFINITY);
});

test('recheck lets an idle shard be polled at short intervals until that is proved again', async () => {
  const reader = readerOf([], 60_000);
  await poll(reader, 9);
  reader.recheck();
  const askedAt = performance.now();
  await poll(reader, 10); // after the tenth page, the eleventh poll would wait for a minute
  expect(reader.emptySince).toBeGreaterThanOrEqual(askedAt);
});
