import { CreateTableCommand, DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
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

/** What the workflow runs on. */
export interface Resources {
  readonly tableName: string;
  readonly streamArn: string;
  readonly topicArn: string;
  readonly queueUrl: string;
}

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** Creates the invoices table with its stream, and the payments topic with a queue subscribed to it. */
export async function createResources({ dynamodb, sns, sqs }: Clients, runId: string): Promise<Resources> {
  // The run's id is in every name, because a server that the environment names may hold an earlier run's.
  const tableName = `Invoices-${runId}`;
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

  const fifo = { FifoQueue: 'true' };
  const queue = await sqs.send(
    new CreateQueueCommand({ QueueName: `payments-${runId}.fifo`, Attributes: fifo }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const topic = await sns.send(
    new CreateTopicCommand({ Name: `payments-${runId}.fifo`, Attributes: { FifoTopic: 'true' } }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn: topic.TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      // Without it the queue gets the announcement inside an SNS envelope.
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );

  return {
    tableName,
    streamArn: named('a stream', TableDescription?.LatestStreamArn),
    topicArn: named('a topic', topic.TopicArn),
    queueUrl: named('a queue', queue.QueueUrl),
  };
}

/** Removes what {@link createResources} created, so that a shared server is left as it was. */
export async function deleteResources({ dynamodb, sns, sqs }: Clients, resources: Resources): Promise<void> {
  await Promise.allSettled([
    dynamodb.send(new DeleteTableCommand({ TableName: resources.tableName })),
    sns.send(new DeleteTopicCommand({ TopicArn: resources.topicArn })),
    sqs.send(new DeleteQueueCommand({ QueueUrl: resources.queueUrl })),
  ]);
}

function named(what: string, identifier: string | undefined): string {
  if (identifier === undefined) throw new Error(`The server created ${what} and did not say which.`);
  return identifier;
}
