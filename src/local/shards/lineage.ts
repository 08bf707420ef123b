import type { Shard } from '@aws-sdk/client-dynamodb-streams';

/** The shards whose turn it is: not finished, and their parent is finished or has left the stream. */
export function readableShards(
  shards: readonly Shard[],
  isFinished: (shardId: string) => boolean,
): readonly string[] {
  const known = new Set(shards.map(({ ShardId }) => ShardId));
  return shards
    .filter(({ ParentShardId: parent }) => !parent || !known.has(parent) || isFinished(parent))
    .map(({ ShardId }) => ShardId as string)
    .filter((shardId) => !isFinished(shardId));
}

/**
 * The shards that are behind LATEST: they have children, so they are closed. An EndingSequenceNumber would say
 * so too, but Dynoxide gives one to open shards.
 */
export function ancestors(shards: readonly Shard[]): readonly string[] {
  const parents = new Set(shards.map(({ ParentShardId }) => ParentShardId));
  return shards.map(({ ShardId }) => ShardId as string).filter((shardId) => parents.has(shardId));
}
