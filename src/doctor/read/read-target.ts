import type { DeployedTarget } from '../deployed-state.ts';
import { isUnread, known, type Part, unread } from '../part.ts';
import { arnOf } from './arn.ts';
import { attemptMissing } from './attempt.ts';
import type { Clients } from './clients.ts';

/**
 * Reads what stands behind the ARN of a destination.
 *
 * @param account that of the function
 */
export async function readTarget(
  clients: Clients,
  arn: string | undefined,
  account: string,
): Promise<Part<DeployedTarget | undefined>> {
  if (arn === undefined) return known(undefined);
  const { service } = arnOf(arn);
  if (service === 'sqs') {
    const queue = await readQueue(clients, arn);
    const isMissing = !isUnread(queue) && queue.value === undefined;
    // AWS gives the same answer for a queue that is not there and for one that the caller may not see.
    return isMissing && arnOf(arn).account !== account
      ? unread('AWS does not tell if the queue of another account exists')
      : queue;
  }
  if (service === 'sns') return readTopic(clients, arn);
  if (service === 's3') return readBucket(clients, arn);
  return unread('the destination is neither a queue nor a topic nor a bucket');
}

function readQueue(clients: Clients, arn: string): Promise<Part<DeployedTarget | undefined>> {
  const { region, account, resource } = arnOf(arn);
  return attemptMissing('sqs:GetQueueAttributes', async () => {
    const { client, module } = await clients.sqs(region);
    const { QueueUrl = '' } = await client.send(
      new module.GetQueueUrlCommand({ QueueName: resource, QueueOwnerAWSAccountId: account }),
    );
    const { Attributes = {} } = await client.send(
      new module.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const number = (name: keyof typeof Attributes): number => Number(Attributes[name] ?? 0);
    return {
      kind: 'sqs',
      url: QueueUrl,
      retentionSeconds: number('MessageRetentionPeriod'),
      messages:
        number('ApproximateNumberOfMessages') +
        number('ApproximateNumberOfMessagesDelayed') +
        number('ApproximateNumberOfMessagesNotVisible'),
      hasPolicy: Attributes.Policy !== undefined,
    };
  });
}

function readTopic(clients: Clients, TopicArn: string): Promise<Part<DeployedTarget | undefined>> {
  return attemptMissing('sns:GetTopicAttributes', async () => {
    const { client, module } = await clients.sns(arnOf(TopicArn).region);
    const { Attributes = {} } = await client.send(new module.GetTopicAttributesCommand({ TopicArn }));
    return {
      kind: 'sns',
      subscriptions: Number(Attributes.SubscriptionsConfirmed ?? 0),
      hasPolicy: Attributes.Policy !== undefined,
    };
  });
}

function readBucket(clients: Clients, arn: string): Promise<Part<DeployedTarget | undefined>> {
  return attemptMissing('s3:ListBucket', async () => {
    const { client, module } = await clients.s3();
    await client.send(new module.HeadBucketCommand({ Bucket: arnOf(arn).resource }));
    return { kind: 's3' };
  });
}
