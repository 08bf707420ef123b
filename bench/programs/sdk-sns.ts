import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

const TopicArn = 'arn:aws:sns:eu-central-1:123456789012:payments';
const MOST = 10;

const sns = new SNSClient({});

export const handler = async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const inserts = event.Records.filter(({ eventName }) => eventName === 'INSERT');
  for (let start = 0; start < inserts.length; start += MOST) {
    const records = inserts.slice(start, start + MOST);
    const PublishBatchRequestEntries = records.map(({ dynamodb }, index) => {
      const { invoiceId, total } = unmarshall(dynamodb?.NewImage as never);
      return { Id: `${index}`, Message: JSON.stringify({ id: invoiceId, total }) };
    });
    const { Failed = [] } = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
    const [failed] = Failed;
    if (failed !== undefined) {
      const itemIdentifier = records[Number(failed.Id)]?.dynamodb?.SequenceNumber ?? '';
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  }
  return { batchItemFailures: [] };
};
