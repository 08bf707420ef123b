import { expect, test } from 'vitest';
import { unrelatedShards } from '../../src/stream/lineage.ts';

const shards = ['a', 'b<a', 'c<a', 'd<b', 'e', 'f<gone'].map((text) => {
  const [ShardId, ParentShardId] = text.split('<') as [string, string?];
  return { ShardId, ...(ParentShardId !== undefined && { ParentShardId }) };
});

test.each<[string, string[]]>([
  ['a', ['e', 'f']],
  ['b', ['a', 'c', 'e', 'f']],
  ['e', ['a', 'b', 'c', 'd', 'f']],
  ['gone', ['a', 'b', 'c', 'd', 'e', 'f']],
])('unrelated to %s is what does not descend from it', (shardId, unrelated) => {
  expect([...unrelatedShards(shards, shardId)]).toEqual(unrelated);
});

test('shards that descend from each other end it anyway', () => {
  const circle = [
    { ShardId: 'a', ParentShardId: 'b' },
    { ShardId: 'b', ParentShardId: 'a' },
    { ShardId: 'c' },
  ];
  expect([...unrelatedShards(circle, 'a')]).toEqual(['c']);
});
