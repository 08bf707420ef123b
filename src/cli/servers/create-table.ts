import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type StreamViewType, VIEW_TYPES } from '../../record/view-type.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import type { KeyAttribute } from '../flags/table-keys.ts';
import { dynamodbModule } from './clients.ts';

const CREATE_TIMEOUT_SECONDS = 120;

/** @throws CliError */
export function requireViewType(text: string): StreamViewType {
  const type = VIEW_TYPES.find((name) => name === text);
  if (type === undefined) throw usageError(`A view type is one of ${VIEW_TYPES.join(', ')}, got ${text}.`);
  return type;
}

/**
 * Creates a table with a stream, and waits until it can be used.
 *
 * @throws CliError when there is such a table already
 */
export async function createTable(
  client: DynamoDBClient,
  TableName: string,
  keys: readonly KeyAttribute[],
  viewType: StreamViewType = 'NEW_AND_OLD_IMAGES',
): Promise<void> {
  const { CreateTableCommand, waitUntilTableExists } = await dynamodbModule();
  try {
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
        KeySchema: keys.map(({ name }, index) => ({
          AttributeName: name,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: viewType },
      }),
    );
  } catch (cause) {
    if ((cause as Error).name !== 'ResourceInUseException') throw cause;
    throw failure(`There is a table ${TableName} already. Use it unchanged, or choose another name.`, cause);
  }
  await waitUntilTableExists({ client, maxWaitTime: CREATE_TIMEOUT_SECONDS, minDelay: 1 }, { TableName });
}
