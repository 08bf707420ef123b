import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { planInvoices } from '../../examples/invoice-workflow/plan-invoices.ts';
import { createResources } from '../../examples/invoice-workflow/resources.ts';
import { writeInvoices } from '../../examples/invoice-workflow/write-invoices.ts';
import { startEmulators } from './start-emulators.ts';

/** A table whose stream holds records, and a topic with a queue behind it. */
export interface FilledTable {
  readonly sns: SNSClient;
  readonly streamArn: string;
  readonly topicArn: string;
  /** Records in the stream. */
  readonly records: number;
}

/** Starts the servers and writes invoices until the stream holds so many records. */
export async function fillTable(records: number): Promise<FilledTable> {
  await startEmulators();
  const dynamodb = new DynamoDBClient({});
  const sns = new SNSClient({});
  // The queue's URL names a host that only its server knows.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const { tableName, streamArn, topicArn } = await createResources({ dynamodb, sns, sqs }, 'bench');
  // A save that changes nothing makes no record. An invoice is saved at least once, so there are enough.
  const plan = planInvoices(records, 1)
    .filter(({ kind }) => kind !== 'resave')
    .slice(0, records);
  await writeInvoices(plan, { dynamodb, tableName, concurrency: 8, onWritten: () => {} });
  return { sns, streamArn, topicArn, records };
}
