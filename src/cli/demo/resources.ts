import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { dynamodbClient } from '../servers/clients.ts';
import type { Connection } from '../servers/connection.ts';
import { createTable } from '../servers/create-table.ts';
import { streamOfTable } from '../servers/stream-of-table.ts';

/** What the demo runs on. Disposing of it removes it, so that a server of somebody else's is left as it was. */
export interface Resources extends AsyncDisposable {
  readonly dynamodb: DynamoDBClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly tableName: string;
  readonly streamArn: string;
  readonly topicArn: string;
  readonly queueUrl: string;
}

/** Creates a table with a stream, and a topic with a queue behind it. */
export async function createResources(connection: Connection): Promise<Resources> {
  const dynamodb = await dynamodbClient(connection.dynamodb);
  const sns = new SNSClient({ ...connection.sns });
  // The queue's URL names the host that its server believes to have; the endpoint is the one that is known to work.
  const sqs = new SQSClient({ ...connection.sqs, useQueueUrlAsEndpoint: false });
  const run = Date.now().toString(36);
  const tableName = `Invoices-${run}`;
  const name = `payments-${run}.fifo`;
  await createTable(dynamodb, tableName, [
    { name: 'customerId', type: 'S' },
    { name: 'invoiceId', type: 'S' },
  ]);
  const queue = new CreateQueueCommand({ QueueName: name, Attributes: { FifoQueue: 'true' } });
  const { QueueUrl = '' } = await sqs.send(queue);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const topic = new CreateTopicCommand({ Name: name, Attributes: { FifoTopic: 'true' } });
  const { TopicArn = '' } = await sns.send(topic);
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return {
    dynamodb,
    sns,
    sqs,
    tableName,
    streamArn: await streamOfTable(dynamodb, tableName),
    topicArn: TopicArn,
    queueUrl: QueueUrl,
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([
        dynamodb.send(new DeleteTableCommand({ TableName: tableName })),
        sns.send(new DeleteTopicCommand({ TopicArn })),
        sqs.send(new DeleteQueueCommand({ QueueUrl })),
      ]);
    },
  };
}
