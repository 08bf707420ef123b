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

/** Adds shards to those that are known. */
export function withShards(known: readonly Shard[], found: readonly Shard[]): readonly Shard[] {
  return [...new Map([...known, ...found].map((shard) => [shard.ShardId, shard])).values()];
}

/**
 * The shards that are behind LATEST: they have children, so they are closed. An EndingSequenceNumber would say
 * so too, but Dynoxide gives one to open shards.
 */
export function ancestors(shards: readonly Shard[]): readonly string[] {
  const parents = new Set(shards.map(({ ParentShardId }) => ParentShardId));
  return shards.map(({ ShardId }) => ShardId as string).filter((shardId) => parents.has(shardId));
}

/** The shards that are neither the given one nor descend from it: they hold no later changes of its items. */
export function unrelatedShards(shards: readonly Shard[], shardId: string): ReadonlySet<string> {
  const children = new Map<string | undefined, string[]>();
  for (const { ShardId, ParentShardId } of shards) {
    const siblings = children.get(ParentShardId);
    if (siblings === undefined) children.set(ParentShardId, [ShardId as string]);
    else siblings.push(ShardId as string);
  }
  const unrelated = new Set(shards.map(({ ShardId }) => ShardId as string));
  const related = [shardId];
  for (const shard of related) {
    // One that is no longer there was met before, or is not known: a server that names a cycle must not end this.
    if (unrelated.delete(shard)) related.push(...(children.get(shard) ?? []));
  }
  return unrelated;
}
