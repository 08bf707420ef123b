import { importPeer } from '../aws-clients/import-peer.ts';

type StreamsModule = typeof import('@aws-sdk/client-dynamodb-streams');

/** The client that every mapping needs. */
export function streamsModule(): Promise<StreamsModule> {
  return importPeer(
    '@aws-sdk/client-dynamodb-streams',
    'startEventSourceMapping',
    () => import('@aws-sdk/client-dynamodb-streams'),
  );
}
