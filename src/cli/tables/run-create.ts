import type { RunCommand } from '../command.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { parseKeys } from '../flags/table-keys.ts';
import { dynamodbClient } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import { createTable, requireViewType } from '../servers/create-table.ts';
import { TABLES } from '../servers/packages.ts';
import { streamOfTable } from '../servers/stream-of-table.ts';
import { writeJson } from '../terminal/output.ts';
import { writeLines } from '../terminal/terminal-text.ts';

export interface CreateFlags extends ConnectionFlags {
  readonly keys: string;
  readonly viewType: string;
  readonly json?: true;
}

/** Creates a table with a stream. */
export const runCreate: RunCommand<CreateFlags> = async (context, [table = ''], options) => {
  const keys = parseKeys(options.keys);
  const viewType = requireViewType(options.viewType);
  await using connection = await connect(context, options, { writes: true, needs: TABLES });
  const client = await dynamodbClient(connection.dynamodb);
  await createTable(client, table, keys, viewType);
  const streamArn = await streamOfTable(client, table);
  const { stdout } = context.io;
  if (options.json) writeJson(stdout, { table, streamArn });
  else void writeLines(stdout, `Created ${table} with a stream of ${viewType}.`, streamArn);
  return EXIT.ok;
};
