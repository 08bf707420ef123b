import type { _Stream as Stream } from '@aws-sdk/client-dynamodb-streams';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { dynamodbClient, streamsClient, streamsModule } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import { STREAMS } from '../servers/packages.ts';
import { describeTable } from '../servers/stream-of-table.ts';
import { writeJson, writeTable } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';

export interface ListFlags extends ConnectionFlags {
  readonly json?: true;
}

/** Lists the streams: of all tables, or of one. */
export const runList: RunCommand<ListFlags> = async (context, [table], options) => {
  await using connection = await connect(context, options, { needs: STREAMS });
  // ListStreams answers with an empty list where there is no such table.
  if (table !== undefined) await describeTable(await dynamodbClient(connection.dynamodb), table);
  const { ListStreamsCommand } = await streamsModule();
  const client = await streamsClient(connection.streams);
  const streams: Stream[] = [];
  let start: string | undefined;
  do {
    const command = new ListStreamsCommand({ TableName: table, ExclusiveStartStreamArn: start });
    const page = await client.send(command);
    streams.push(...(page.Streams as Stream[]));
    start = page.LastEvaluatedStreamArn;
  } while (start !== undefined);
  const { stdout, stderr } = context.io;
  if (options.json) {
    for (const { TableName, StreamLabel, StreamArn } of streams) {
      writeJson(stdout, { table: TableName, label: StreamLabel, streamArn: StreamArn });
    }
  } else if (streams.length === 0) {
    void writeLines(
      stderr,
      table === undefined ? 'There are no streams here.' : `The table ${table} has no stream.`,
    );
  } else {
    const rows = streams.map(({ TableName, StreamLabel, StreamArn }) => [
      `${TableName}`,
      `${StreamLabel}`,
      `${StreamArn}`,
    ]);
    await writeTable(stdout, ['TABLE', 'LABEL', 'ARN'], rows, context.style);
  }
  return EXIT.ok;
};
