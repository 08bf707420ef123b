import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KeyType } from '../../console/protocol/events.ts';
import type { Logger } from '../../logger.ts';
import type { CliError } from '../errors/cli-error.ts';
import type { KeyAttribute } from '../flags/table-keys.ts';
import { dynamodbClient } from '../servers/clients.ts';
import type { ClientSettings } from '../servers/connection.ts';
import { createTable } from '../servers/create-table.ts';
import { describeTableAtStart, keyNamesOf, keyTypesOf, streamArnOf } from '../servers/stream-of-table.ts';

/** A table with a stream. Its keys are in order: the partition key first. */
export interface FoundTable {
  readonly streamArn: string;
  readonly keyNames: readonly string[];
  readonly keyTypes: readonly KeyType[];
}

/**
 * Finds the stream of a table, which is created first if it is not there and its keys are given.
 *
 * @throws CliError when there is no table, or no stream
 */
export async function ensureTable(
  tableName: string,
  keys: readonly KeyAttribute[] | undefined,
  settings: ClientSettings,
  logger: Logger,
): Promise<FoundTable & { readonly isNew: boolean }> {
  const client = await dynamodbClient(settings);
  try {
    return { ...(await described(client, tableName, logger)), isNew: false };
  } catch (error) {
    const isMissing = ((error as CliError).cause as Error | undefined)?.name === 'ResourceNotFoundException';
    if (keys === undefined || !isMissing) throw error;
    await createTable(client, tableName, keys);
    return { ...(await described(client, tableName, logger)), isNew: true };
  } finally {
    client.destroy();
  }
}

async function described(client: DynamoDBClient, tableName: string, logger: Logger): Promise<FoundTable> {
  const table = await describeTableAtStart(client, tableName, logger);
  return { streamArn: streamArnOf(table), keyNames: keyNamesOf(table), keyTypes: keyTypesOf(table) };
}
