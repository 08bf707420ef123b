import type { Shard, StreamDescription } from '@aws-sdk/client-dynamodb-streams';
import type { StreamViewType } from '../../record/view-type.ts';
import type { DeployedStream, DeployedTable } from '../deployed-state.ts';
import type { Part } from '../part.ts';
import { arnOf } from './arn.ts';
import { attemptMissing } from './attempt.ts';
import type { Clients } from './clients.ts';

/** Describes a stream with all its shards. A stream of another account answers where its resource policy allows it. */
export function readStream(clients: Clients, StreamArn: string): Promise<Part<DeployedStream | undefined>> {
  return attemptMissing('dynamodb:DescribeStream', async () => {
    const { client, module } = await clients.streams(arnOf(StreamArn).region);
    const shards: Shard[] = [];
    let ExclusiveStartShardId: string | undefined;
    for (;;) {
      const command = new module.DescribeStreamCommand({ StreamArn, ExclusiveStartShardId });
      const description = (await client.send(command)).StreamDescription as StreamDescription;
      shards.push(...(description.Shards ?? []));
      ExclusiveStartShardId = description.LastEvaluatedShardId;
      if (ExclusiveStartShardId === undefined) return streamOf(description, shards);
    }
  });
}

function streamOf(description: StreamDescription, shards: readonly Shard[]): DeployedStream {
  return {
    status: `${description.StreamStatus}`,
    viewType: description.StreamViewType as StreamViewType,
    keys: (description.KeySchema ?? []).map(({ AttributeName }) => `${AttributeName}`),
    shards: shards.map(({ ShardId, SequenceNumberRange }) => ({
      id: `${ShardId}`,
      isOpen: SequenceNumberRange?.EndingSequenceNumber === undefined,
    })),
  };
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
