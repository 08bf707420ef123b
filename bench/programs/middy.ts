import middy from '@middy/core';
import eventNormalizer from '@middy/event-normalizer';
import type { DynamoDBStreamEvent } from 'aws-lambda';

interface NormalizedChange {
  readonly OldImage?: Readonly<Record<string, unknown>>;
  readonly NewImage?: Readonly<Record<string, unknown>>;
}

export const handler = middy<DynamoDBStreamEvent, unknown>()
  .use(eventNormalizer())
  .handler(async (event) => {
    for (const { eventName, dynamodb, userIdentity } of event.Records) {
      const { NewImage, OldImage } = dynamodb as NormalizedChange;
      if (eventName === 'INSERT') console.info('created', { total: NewImage?.total });
      if (eventName === 'MODIFY' && OldImage?.status !== NewImage?.status && NewImage?.status === 'PAID') {
        console.info('paid');
      }
      if (eventName === 'REMOVE' && userIdentity?.principalId === 'dynamodb.amazonaws.com') {
        console.info('expired');
      }
    }
    return { batchItemFailures: [] };
  });
