import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { RunCommand } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { EXIT } from '../errors/exit-codes.ts';
import type { ConnectionFlags } from '../flags/connection-options.ts';
import { dynamodbClient, dynamodbModule } from '../servers/clients.ts';
import { connect } from '../servers/connect.ts';
import { asUnknownTable } from '../servers/stream-of-table.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import { attributeMap, NumberText, parseJson } from './attribute-value.ts';

export interface PutFlags extends ConnectionFlags {
  readonly item: readonly string[];
}

/** Puts items into a table, one after the other. */
export const runPut: RunCommand<PutFlags> = async (context, [table = ''], options) => {
  const items = options.item.map(parseItem);
  await using connection = await connect(context, options);
  const { PutItemCommand } = await dynamodbModule();
  const client = await dynamodbClient(connection.dynamodb);
  for (const Item of items) {
    await client.send(new PutItemCommand({ TableName: table, Item })).catch((error: unknown) => {
      throw asUnknownTable(error, table);
    });
  }
  void writeLines(
    context.io.stdout,
    `Put ${items.length === 1 ? '1 item' : `${items.length} items`} into ${table}.`,
  );
  return EXIT.ok;
};

function parseItem(text: string): Record<string, AttributeValue> {
  let item: unknown;
  try {
    item = parseJson(text);
  } catch (cause) {
    throw usageError(
      `--item is not JSON: ${(cause as Error).message}. Quote it for the shell: --item '{"id":"1"}'.`,
      cause,
    );
  }
  if (typeof item !== 'object' || item === null || Array.isArray(item) || item instanceof NumberText) {
    throw usageError(`--item has to be a JSON object: --item '{"id":"1"}'.`);
  }
  return attributeMap(item);
}
