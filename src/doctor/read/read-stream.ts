import type { Shard, StreamDescription } from '@aws-sdk/client-dynamodb-streams';
import type { DeployedStream, DeployedTable } from '../deployed-state.ts';
import { isUnread, known, type Part, unread } from '../part.ts';
import { arnOf } from './arn.ts';
import { attemptMissing } from './attempt.ts';
import type { Clients } from './clients.ts';

/** Describes a stream with all its shards. A stream of another account answers where its resource policy allows it. */
export async function readStream(
  clients: Clients,
  StreamArn: string,
): Promise<Part<DeployedStream | undefined>> {
  const described = await attemptMissing('dynamodb:DescribeStream', async () => {
    const { client, module } = await clients.streams(arnOf(StreamArn).region);
    const shards: Shard[] = [];
    let ExclusiveStartShardId: string | undefined;
    for (;;) {
      const command = new module.DescribeStreamCommand({ StreamArn, ExclusiveStartShardId });
      const { StreamDescription: description = {} } = await client.send(command);
      shards.push(...(description.Shards ?? []));
      ExclusiveStartShardId = description.LastEvaluatedShardId;
      if (ExclusiveStartShardId === undefined) return { ...description, Shards: shards };
    }
  });
  if (isUnread(described)) return described;
  return described.value === undefined ? known(undefined) : streamOf(described.value);
}

/** Nothing is known of a stream that is described without its parts. */
function streamOf({
  StreamStatus,
  StreamViewType,
  KeySchema,
  Shards,
}: StreamDescription & { readonly Shards: readonly Shard[] }): Part<DeployedStream> {
  if (StreamStatus === undefined || StreamViewType === undefined || KeySchema === undefined) {
    return unread('dynamodb:DescribeStream answers without the status, the view type or the keys');
  }
  return known({
    status: StreamStatus,
    viewType: StreamViewType,
    keys: KeySchema.map(({ AttributeName }) => `${AttributeName}`),
    shards: Shards.map(({ ShardId, SequenceNumberRange }) => ({
      id: `${ShardId}`,
      isOpen: SequenceNumberRange?.EndingSequenceNumber === undefined,
    })),
  });
}

/** Describes the table of a stream, by its ARN: it may be one of another account. */
export function readTable(clients: Clients, streamArn: string): Promise<Part<DeployedTable | undefined>> {
  return attemptMissing('dynamodb:DescribeTable', async () => {
    const { client, module } = await clients.dynamodb(arnOf(streamArn).region);
    const [TableName = ''] = streamArn.split('/stream/');
    const { Table } = await client.send(new module.DescribeTableCommand({ TableName }));
    return {
      latestStreamArn: Table?.LatestStreamArn,
      isStreamEnabled: Table?.StreamSpecification?.StreamEnabled === true,
      isGlobal: (Table?.Replicas ?? []).length > 0,
    };
  });
}
