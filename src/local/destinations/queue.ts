import { importPeer } from '../../aws-clients/import-peer.ts';
import type { OnFailureDestination } from '../../mapping/on-failure-destination.ts';
import type { DestinationOptions, SendOnFailure } from './destination.ts';

/** The document as the body of an SQS message. */
export async function queueDestination(
  { name }: OnFailureDestination,
  { clients, clientOptions, own }: DestinationOptions,
): Promise<SendOnFailure> {
  const { GetQueueUrlCommand, SendMessageCommand, SQSClient } = await importPeer(
    '@aws-sdk/client-sqs',
    'An on-failure queue',
    () => import('@aws-sdk/client-sqs'),
  );
  // A queue's URL names the host that its server believes to have; the endpoint is the one that is known to work.
  const sqs =
    (clients.sqs as InstanceType<typeof SQSClient> | undefined) ??
    own.keep(new SQSClient({ useQueueUrlAsEndpoint: false, ...clientOptions }));
  let url: string | undefined;
  return async (document) => {
    url ??= (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(document) }));
  };
}
