import { expect, test } from 'vitest';
import { StreamSource } from '../../src/stream/stream-source.ts';

test('an answer without an iterator is asked for again, and reported', async () => {
  const answers = [{}, { ShardIterator: '' }, { ShardIterator: 'i' }];
  const client = { send: async () => answers.shift() } as never;
  const problems: unknown[] = [];
  const source = new StreamSource(client, 'arn', (...problem) => problems.push(problem));
  const { signal } = new AbortController();
  await expect(source.iterator('shard', { ShardIteratorType: 'LATEST' }, signal)).resolves.toBe('i');
  const unexpected = expect.objectContaining({ code: 'UNEXPECTED_ANSWER' });
  expect(problems).toEqual([
    ['GetShardIterator', unexpected, expect.any(Number)],
    ['GetShardIterator', unexpected, expect.any(Number)],
  ]);
});
