import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createAuditTable } from '../insert-only-audit/audit-table.ts';

/** The queues behind the function, to be read at the end. */
export interface Resources extends AsyncDisposable {
  /** The order events, in the order of the topic. */
  orderEvents(): Promise<unknown[]>;
  deadLetters(): Promise<unknown[]>;
}

/** Creates a FIFO topic with a queue that reads it, an audit table and a queue for dead letters, and names them to the function. */
export async function createResources(dynamodb: DynamoDBClient, auditTable: string): Promise<Resources> {
  const [sns, sqs] = [new SNSClient({}), new SQSClient({})];
  const readerUrl = await createQueue(sqs, 'order-events.fifo');
  const deadLetterUrl = await createQueue(sqs, 'dead-letters');
  const TopicArn = await createTopic(sns, 'order-events.fifo', await arnOf(sqs, readerUrl));
  const audit = await createAuditTable(dynamodb, auditTable);
  // env() reads them when the first message is sent.
  Object.assign(process.env, {
    ORDER_EVENTS_TOPIC_ARN: TopicArn,
    AUDIT_TABLE: auditTable,
    DEAD_LETTER_QUEUE_URL: deadLetterUrl,
  });
  return {
    orderEvents: () => messagesOf(sqs, readerUrl),
    deadLetters: () => messagesOf(sqs, deadLetterUrl),
    async [Symbol.asyncDispose]() {
      await sns.send(new DeleteTopicCommand({ TopicArn }));
      for (const QueueUrl of [readerUrl, deadLetterUrl]) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      await audit[Symbol.asyncDispose]();
    },
  };
}

async function createTopic(sns: SNSClient, Name: string, queueArn: string): Promise<string> {
  const { TopicArn = '' } = await sns.send(
    new CreateTopicCommand({ Name, Attributes: { FifoTopic: 'true' } }),
  );
  // Without RawMessageDelivery the queue gets the message inside an SNS envelope.
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes }));
  return TopicArn;
}

async function createQueue(sqs: SQSClient, QueueName: string): Promise<string> {
  const Attributes = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : undefined;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  // The URL names the host that the server believes to have; the endpoint is the one that is known to work.
  return new URL(new URL(QueueUrl).pathname, process.env.AWS_ENDPOINT_URL_SQS ?? QueueUrl).href;
}

async function arnOf(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
}

/** Takes all messages off a queue. */
async function messagesOf(sqs: SQSClient, QueueUrl: string): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as unknown));
    // A FIFO queue gives the next messages of a group once those before are deleted.
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
