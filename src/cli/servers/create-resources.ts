import { importPeer } from '../../aws-clients/import-peer.ts';
import { arnVariableOf, type Kind, type Resource } from '../flags/resource-flags.ts';
import { dynamodbClient } from './clients.ts';
import type { ClientSettings } from './connection.ts';
import { createTable } from './create-table.ts';

/** Where tables, topics, queues and buckets are. */
export interface ResourceServers {
  readonly dynamodb: ClientSettings;
  readonly sns: ClientSettings;
  readonly sqs: ClientSettings;
  readonly s3: ClientSettings;
}

/**
 * Creates the resources that are not there yet.
 *
 * @returns the variables by which a program finds them. A queue also has its ARN
 * @throws ConfigurationError `MISSING_PEER`
 */
export async function createResources(
  resources: readonly Resource[],
  servers: ResourceServers,
): Promise<Readonly<Record<string, string>>> {
  const variables: Record<string, string> = {};
  for (const resource of resources) Object.assign(variables, await CREATE[resource.kind](resource, servers));
  return variables;
}

/** The clients of the SDK that creating them needs. */
export function clientsOf(resources: readonly Resource[]): readonly string[] {
  return resources.map(({ kind }) => `@aws-sdk/client-${SERVICES[kind]}`);
}

const SERVICES: Readonly<Record<Kind, string>> = {
  table: 'dynamodb',
  topic: 'sns',
  queue: 'sqs',
  bucket: 's3',
};

type Create = (resource: Resource, servers: ResourceServers) => Promise<Readonly<Record<string, string>>>;

const CREATE: Readonly<Record<Kind, Create>> = {
  async table({ name, variable, keys = [] }, { dynamodb }) {
    const client = await dynamodbClient(dynamodb);
    // With a stream, so that `tail` shows its changes.
    await createTable(client, name, keys).catch((error: Error) => {
      if ((error.cause as Error | undefined)?.name !== 'ResourceInUseException') throw error;
    });
    client.destroy();
    return { [variable]: name };
  },
  async topic({ name, variable }, { sns }) {
    const { SNSClient, CreateTopicCommand } = await importPeer(
      '@aws-sdk/client-sns',
      '--create-topic',
      () => import('@aws-sdk/client-sns'),
    );
    const client = new SNSClient(sns);
    const Attributes = name.endsWith('.fifo') ? { FifoTopic: 'true' } : {};
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: name, Attributes }));
    client.destroy();
    return { [variable]: `${TopicArn}` };
  },
  async queue({ name, variable }, { sqs }) {
    const { SQSClient, CreateQueueCommand, GetQueueAttributesCommand } = await importPeer(
      '@aws-sdk/client-sqs',
      '--create-queue',
      () => import('@aws-sdk/client-sqs'),
    );
    const client = new SQSClient({ ...sqs, useQueueUrlAsEndpoint: false });
    const Attributes = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    const described = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    client.destroy();
    // The SDK calls the host of a queue's URL, and the host names that emulators make up are not known to every machine.
    const url = new URL(new URL(`${QueueUrl}`).pathname, sqs.endpoint).href;
    // A mapping sends to an ARN.
    return { [variable]: url, [arnVariableOf(variable)]: `${described.Attributes?.QueueArn}` };
  },
  async bucket({ name, variable }, { s3 }) {
    const { S3Client, CreateBucketCommand } = await importPeer(
      '@aws-sdk/client-s3',
      '--create-bucket',
      () => import('@aws-sdk/client-s3'),
    );
    const client = new S3Client({ ...s3, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: name })).catch((error: Error) => {
      if (!error.name.startsWith('BucketAlready')) throw error;
    });
    client.destroy();
    return { [variable]: name };
  },
};
