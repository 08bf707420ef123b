import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SpanKind, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  type Emulators,
  type LambdaHandler,
  startEmulators,
  startEventSourceMapping,
} from 'streamlane/local';
import { consume } from './consumer.ts';
import { handler } from './handler.ts';
import { endedSpans } from './telemetry.ts';
import { createInvoice } from './writer.ts';

const INVOICES = [
  { invoiceId: 'INV-1', total: 120 },
  { invoiceId: 'INV-2', total: 80 },
];

/**
 * Runs everything on local servers: a writer, the table with its stream, the function behind it, a topic, a queue and its
 * consumer.
 *
 * @returns all spans, in the order of their start
 */
export async function runTraced(): Promise<readonly ReadableSpan[]> {
  await using servers = await startEmulators();
  Object.assign(process.env, servers.environment);
  const dynamodb = new DynamoDBClient(servers.dynamodb);
  const sqs = new SQSClient({ ...servers.sqs, useQueueUrlAsEndpoint: false });
  await createTable(dynamodb);
  const QueueUrl = await createTopicWithQueue(servers, sqs);

  for (const invoice of INVOICES) await createInvoice(dynamodb, invoice);
  await using mapping = await startEventSourceMapping({
    ...servers.streams,
    tableName: 'Invoices',
    handler: invoked,
    functionName: 'on-change',
    startingPosition: 'TRIM_HORIZON',
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
  await mapping.caughtUp();
  await consume(sqs, QueueUrl, INVOICES.length);
  return endedSpans();
}

/** The span of an invocation, which AwsLambdaInstrumentation makes in Lambda. */
const invoked: LambdaHandler = (event, context) =>
  trace.getTracer('lambda').startActiveSpan('on-change', { kind: SpanKind.CONSUMER }, async (span) => {
    try {
      return await handler(event, context);
    } finally {
      span.end();
    }
  });

async function createTable(dynamodb: DynamoDBClient): Promise<void> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Invoices',
      AttributeDefinitions: [{ AttributeName: 'invoiceId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'invoiceId', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
}

async function createTopicWithQueue(servers: Emulators, sqs: SQSClient): Promise<string> {
  const sns = new SNSClient(servers.sns);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'payments' }));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'payments' }));
  process.env.PAYMENTS_TOPIC_ARN = TopicArn;
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `${TopicArn}`.replace(':sns:', ':sqs:'),
      // Without it, SNS puts the attributes into the body.
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return QueueUrl;
}
