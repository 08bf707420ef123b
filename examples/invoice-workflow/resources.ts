import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  type SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A topic, and the queue that is subscribed to it. */
export interface Channel {
  readonly topicArn: string;
  readonly queueUrl: string;
}

/** The resources of the workflow: the payments topic, which is FIFO, its queue, and all others. */
export interface Resources extends Channel {
  readonly tableName: string;
  readonly streamArn: string;
  /** Standard. */
  readonly receipts: Channel;
  readonly deadLetterQueueUrl: string;
}

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** Creates the invoices table with its stream, two topics with a queue each, and a queue for dead letters. */
export async function createResources(clients: Clients, runId: string): Promise<Resources> {
  // The run's id is in every name, because a server that the environment names may hold an earlier run's.
  const [table, payments, receipts, deadLetterQueueUrl] = await Promise.all([
    createTable(clients, `Invoices-${runId}`),
    createChannel(clients, `payments-${runId}.fifo`),
    createChannel(clients, `receipts-${runId}`),
    createQueue(clients, `invoice-dead-letters-${runId}`),
  ]);
  return { ...table, ...payments, receipts, deadLetterQueueUrl };
}

async function createTable(
  { dynamodb }: Clients,
  tableName: string,
): Promise<{ readonly tableName: string; readonly streamArn: string }> {
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: tableName,
      AttributeDefinitions: [
        { AttributeName: 'customerId', AttributeType: 'S' },
        { AttributeName: 'invoiceId', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'customerId', KeyType: 'HASH' },
        { AttributeName: 'invoiceId', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  await waitUntilTableExists({ client: dynamodb, minDelay: 1, maxWaitTime: 60 }, { TableName: tableName });
  return { tableName, streamArn: named('a stream', TableDescription?.LatestStreamArn) };
}

async function createChannel(clients: Clients, name: string): Promise<Channel> {
  const { sns, sqs } = clients;
  const queueUrl = await createQueue(clients, name);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  const topic = await sns.send(
    new CreateTopicCommand({
      Name: name,
      ...(name.endsWith('.fifo') && { Attributes: { FifoTopic: 'true' } }),
    }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn: topic.TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      // Without it the queue gets the message inside an SNS envelope.
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return { topicArn: named('a topic', topic.TopicArn), queueUrl };
}

async function createQueue({ sqs }: Clients, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      ...(name.endsWith('.fifo') && { Attributes: { FifoQueue: 'true' } }),
    }),
  );
  const url = named('a queue', QueueUrl);
  // The URL names the host that the server believes to have; the endpoint is the one that is known to work.
  return new URL(new URL(url).pathname, process.env.AWS_ENDPOINT_URL_SQS ?? url).href;
}

/** Removes what {@link createResources} created, so that a shared server is left as it was. */
export async function deleteResources({ dynamodb, sns, sqs }: Clients, resources: Resources): Promise<void> {
  const { tableName, topicArn, queueUrl, receipts, deadLetterQueueUrl } = resources;
  await Promise.allSettled([
    dynamodb.send(new DeleteTableCommand({ TableName: tableName })),
    ...[topicArn, receipts.topicArn].map((TopicArn) => sns.send(new DeleteTopicCommand({ TopicArn }))),
    ...[queueUrl, receipts.queueUrl, deadLetterQueueUrl].map((QueueUrl) =>
      sqs.send(new DeleteQueueCommand({ QueueUrl })),
    ),
  ]);
}

function named(what: string, identifier: string | undefined): string {
  if (identifier === undefined) throw new Error(`The server created ${what} and did not say which.`);
  return identifier;
}
