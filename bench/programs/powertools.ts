import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

const processor = new BatchProcessor(EventType.DynamoDBStreams);

async function handleRecord({ eventName, dynamodb, userIdentity }: DynamoDBRecord) {
  const newImage = dynamodb?.NewImage && unmarshall(dynamodb.NewImage as never);
  const oldImage = dynamodb?.OldImage && unmarshall(dynamodb.OldImage as never);
  if (eventName === 'INSERT') console.info('created', { total: newImage?.total });
  if (eventName === 'MODIFY' && oldImage?.status !== newImage?.status && newImage?.status === 'PAID') {
    console.info('paid');
  }
  if (eventName === 'REMOVE' && userIdentity?.principalId === 'dynamodb.amazonaws.com')
    console.info('expired');
}

export const handler = async (event: DynamoDBStreamEvent, context: Context) =>
  processPartialResponse(event, handleRecord, processor, { context });
