import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import type { KeyType } from '../../console/protocol/events.ts';
import { retryAtStart } from '../../local/retry-at-start.ts';
import type { Logger } from '../../logger.ts';
import { failure } from '../errors/cli-error.ts';
import { dynamodbModule } from './clients.ts';

/** @throws CliError when there is no such table */
export async function describeTable(client: DynamoDBClient, TableName: string): Promise<TableDescription> {
  const { DescribeTableCommand } = await dynamodbModule();
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table as TableDescription;
  } catch (cause) {
    throw asUnknownTable(cause, TableName);
  }
}

/**
 * {@link describeTable}, for a command that goes on to read the table's stream: it waits out what the start of a mapping
 * waits out.
 *
 * @throws CliError when there is no such table
 */
export function describeTableAtStart(
  client: DynamoDBClient,
  tableName: string,
  logger: Logger,
): Promise<TableDescription> {
  return retryAtStart(
    () => describeTable(client, tableName),
    (error, delayMs) => logger.warn('DescribeTable failed; it is tried again', { tableName, delayMs, error }),
  );
}

/**
 * The ARN of a table's newest stream.
 *
 * @throws CliError when there is no such table, or it has no stream
 */
export async function streamOfTable(client: DynamoDBClient, tableName: string): Promise<string> {
  return streamArnOf(await describeTable(client, tableName));
}

/** {@link streamOfTable}, of a table that was described. */
export function streamArnOf({ TableName, LatestStreamArn }: TableDescription): string {
  if (LatestStreamArn !== undefined) return LatestStreamArn;
  throw failure(
    `The table ${TableName} has no stream. Enable one: aws dynamodb update-table --table-name ${TableName} ` +
      '--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES',
  );
}

/** The names of a table's key attributes, partition key first. */
export function keyNamesOf({ KeySchema = [] }: TableDescription): readonly string[] {
  return KeySchema.map(({ AttributeName }) => `${AttributeName}`);
}

/** The types of a table's key attributes, partition key first. */
export function keyTypesOf({
  KeySchema = [],
  AttributeDefinitions = [],
}: TableDescription): readonly KeyType[] {
  const types = new Map(
    AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  return KeySchema.map(({ AttributeName }) => types.get(AttributeName) as KeyType);
}

/** Says of a server's answer that there is no such table; other errors stay as they are. */
export function asUnknownTable(error: unknown, tableName: string): unknown {
  return (error as Error).name === 'ResourceNotFoundException'
    ? failure(
        `There is no table ${tableName} here. Create it with: streamlane tables create ${tableName} --keys <names>, ` +
          'or start dev with --create <names>, or check --endpoint, --region and --profile.',
        error,
      )
    : error;
}
