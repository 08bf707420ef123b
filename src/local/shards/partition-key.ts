import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient, KeySchemaElement } from '@aws-sdk/client-dynamodb-streams';
import { tableNameOf } from '../../record/stream-arn.ts';
import { importPeer } from '../import-peer.ts';
import type { StreamDescription } from './stream-source.ts';

/** The attribute that is the table's partition key, which records do not say. */
export async function partitionKeyOf(
  { keySchema }: StreamDescription,
  streamArn: string,
  client: DynamoDBStreamsClient,
): Promise<string> {
  // Dynoxide's description of a stream has none.
  return hashKeyIn(keySchema ?? (await keySchemaOf(tableNameOf(streamArn), client)));
}

function hashKeyIn(keySchema: readonly KeySchemaElement[]): string {
  return keySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName as string;
}

async function keySchemaOf(
  TableName: string,
  { config }: DynamoDBStreamsClient,
): Promise<readonly KeySchemaElement[]> {
  const { DescribeTableCommand, DynamoDBClient } = await importPeer(
    '@aws-sdk/client-dynamodb',
    'parallelizationFactor on a server that does not describe the keys of a stream',
    () => import('@aws-sdk/client-dynamodb'),
  );
  const { region, credentials, endpoint } = config;
  const dynamodb = new DynamoDBClient({ region, credentials, endpoint } as DynamoDBClientConfig);
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    return Table?.KeySchema as readonly KeySchemaElement[];
  } finally {
    dynamodb.destroy();
  }
}
