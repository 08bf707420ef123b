import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { importPeer } from '../../aws-clients/import-peer.ts';
import { NO_SDK_LOG } from '../../aws-clients/own-clients.ts';
import type { ClientSettings } from './connection.ts';

// The SDK waits for ever, and a person in front of a terminal does not.
// Each shard has a request under way.
const AGENT = { keepAlive: true, maxSockets: 2_000 };
const SETTINGS = {
  logger: NO_SDK_LOG as unknown as NonNullable<DynamoDBClientConfig['logger']>,
  requestHandler: { connectionTimeout: 5000, requestTimeout: 30_000, httpAgent: AGENT, httpsAgent: AGENT },
};

/** @throws ConfigurationError `MISSING_PEER` */
export async function dynamodbClient(settings: ClientSettings): Promise<DynamoDBClient> {
  const { DynamoDBClient } = await dynamodbModule();
  return new DynamoDBClient({ ...SETTINGS, ...settings });
}

/** @throws ConfigurationError `MISSING_PEER` */
export async function streamsClient(settings: ClientSettings): Promise<DynamoDBStreamsClient> {
  const { DynamoDBStreamsClient } = await streamsModule();
  return new DynamoDBStreamsClient({ ...SETTINGS, ...settings });
}

/** @throws ConfigurationError `MISSING_PEER` */
export function dynamodbModule(): Promise<typeof import('@aws-sdk/client-dynamodb')> {
  return importPeer('@aws-sdk/client-dynamodb', 'This command', () => import('@aws-sdk/client-dynamodb'));
}

/** @throws ConfigurationError `MISSING_PEER` */
export function streamsModule(): Promise<typeof import('@aws-sdk/client-dynamodb-streams')> {
  return importPeer(
    '@aws-sdk/client-dynamodb-streams',
    'This command',
    () => import('@aws-sdk/client-dynamodb-streams'),
  );
}
