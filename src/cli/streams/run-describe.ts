import type { Shard, StreamDescription } from '@aws-sdk/client-dynamodb-streams';
import type { RunCommand } from '../command.ts';
import { failure } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { dynamodbClient, streamsClient, streamsModule } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import type { Connection } from '../servers/connection.ts';
import { STREAMS } from '../servers/packages.ts';
import { streamOfTable } from '../servers/stream-of-table.ts';
import { writeJson, writeTable } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';

export interface DescribeFlags extends ConnectionFlags {
  readonly json?: true;
}

/** Describes a stream with all its shards. */
export const runDescribe: RunCommand<DescribeFlags> = async (context, [name = ''], options) => {
  await using connection = await connect(context, options, { needs: STREAMS });
  const streamArn = name.startsWith('arn:')
    ? name
    : await streamOfTable(await dynamodbClient(connection.dynamodb), name);
  const { description, shards } = await describe(streamArn, connection);
  const { StreamStatus, StreamViewType, TableName, CreationRequestDateTime, KeySchema = [] } = description;
  const { stdout } = context.io;
  const keys = KeySchema.map(({ AttributeName }) => AttributeName as string);
  const stream = {
    streamArn,
    table: TableName,
    status: StreamStatus,
    viewType: StreamViewType,
    keys,
    created: CreationRequestDateTime?.toISOString(),
  };
  if (options.json) {
    writeJson(stdout, { ...stream, shards: shards.map(shardOf) });
    return EXIT.ok;
  }
  const facts = Object.entries({ ...stream, keys: keys.join(', ') || undefined });
  for (const [label, value] of facts) {
    if (value !== undefined)
      void writeLines(stdout, `${context.style('bold', LABELS[label] as string)}${value}`);
  }
  const rows = shards
    .map(shardOf)
    .map(({ shardId, parent, first, last }) => [`${shardId}`, parent ?? '-', `${first}`, last ?? 'open']);
  void writeLines(stdout, '');
  await writeTable(stdout, ['SHARD', 'PARENT', 'FIRST', 'LAST'], rows, context.style);
  return EXIT.ok;
};

const LABELS: Readonly<Record<string, string>> = {
  streamArn: 'Stream   ',
  table: 'Table    ',
  status: 'Status   ',
  viewType: 'View     ',
  keys: 'Keys     ',
  created: 'Created  ',
};

/** Returns the fields of a shard that are shown, undefined where the shard has none. */
function shardOf({ ShardId, ParentShardId, SequenceNumberRange }: Shard): {
  readonly shardId: string | undefined;
  readonly parent: string | undefined;
  readonly first: string | undefined;
  readonly last: string | undefined;
} {
  return {
    shardId: ShardId,
    parent: ParentShardId,
    first: SequenceNumberRange?.StartingSequenceNumber,
    last: SequenceNumberRange?.EndingSequenceNumber,
  };
}

/** All pages of DescribeStream, which has at most 100 shards in each. */
async function describe(
  StreamArn: string,
  connection: Connection,
): Promise<{ readonly description: StreamDescription; readonly shards: readonly Shard[] }> {
  const { DescribeStreamCommand } = await streamsModule();
  const client = await streamsClient(connection.streams);
  const shards: Shard[] = [];
  let start: string | undefined;
  for (;;) {
    const command = new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId: start });
    const { StreamDescription } = await client.send(command).catch((cause: unknown) => {
      if ((cause as Error).name !== 'ResourceNotFoundException') throw cause;
      throw failure(
        `There is no stream ${StreamArn} here. See the streams with: streamlane streams list`,
        cause,
      );
    });
    const description = StreamDescription as StreamDescription;
    shards.push(...(description.Shards as Shard[]));
    start = description.LastEvaluatedShardId;
    if (start === undefined) return { description, shards };
  }
}
