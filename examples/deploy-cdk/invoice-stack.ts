import { fileURLToPath } from 'node:url';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { StreamFunction } from 'streamlane/cdk';
import { handler } from './handler.ts';

/** The table, its stream, the function behind it, and the topics that it publishes to. */
export class InvoiceStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const table = new TableV2(this, 'Table', {
      partitionKey: { name: 'customerId', type: AttributeType.STRING },
      sortKey: { name: 'invoiceId', type: AttributeType.STRING },
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    const payments = new Topic(this, 'Payments');
    const operations = new Topic(this, 'Operations');

    const onInvoice = new StreamFunction(this, 'OnInvoice', {
      table,
      router: handler,
      entry: fileURLToPath(new URL('handler.ts', import.meta.url)),
      startingPosition: 'TRIM_HORIZON',
      batchSize: 1000,
      environment: { PAYMENTS_TOPIC_ARN: payments.topicArn },
      alarms: { actions: [new SnsAction(operations)] },
    });
    payments.grantPublish(onInvoice);
  }
}
