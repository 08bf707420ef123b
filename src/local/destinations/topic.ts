import { importPeer } from '../../aws-clients/import-peer.ts';
import type { OnFailureDestination } from '../../mapping/on-failure-destination.ts';
import type { DestinationOptions, SendOnFailure } from './destination.ts';

/** The document as the Message of an SNS notification. */
export async function topicDestination(
  { arn }: OnFailureDestination,
  { clients, clientOptions, own }: DestinationOptions,
): Promise<SendOnFailure> {
  const { PublishCommand, SNSClient } = await importPeer(
    '@aws-sdk/client-sns',
    'An on-failure topic',
    () => import('@aws-sdk/client-sns'),
  );
  const sns =
    (clients.sns as InstanceType<typeof SNSClient> | undefined) ?? own.keep(new SNSClient(clientOptions));
  return async (document) => {
    await sns.send(new PublishCommand({ TopicArn: arn, Message: JSON.stringify(document) }));
  };
}
