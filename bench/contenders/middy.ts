import middy from '@middy/core';
import eventNormalizer from '@middy/event-normalizer';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import type { BenchItem } from '../data/items.ts';
import type { Contender } from './contender.ts';
import { itemReader } from './item-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

interface NormalizedRecord {
  readonly eventName: string;
  readonly dynamodb: {
    readonly Keys: { readonly invoiceId?: string };
    readonly NewImage: BenchItem;
    readonly OldImage: BenchItem;
  };
}

/** Middy with its event normalizer, which unmarshalls all of every record, and a loop. */
export const middyNormalizer: Contender = {
  name: 'Middy + event-normalizer',
  handler: (work) => {
    const read = itemReader(work);
    const handle = async (record: NormalizedRecord) => read(imagesOf(record));
    const handler = middy<DynamoDBStreamEvent, unknown>()
      .use(eventNormalizer())
      .handler(async (event) => {
        for (const record of event.Records as unknown as NormalizedRecord[]) {
          if (work.async) await handle(record);
          else read(imagesOf(record));
        }
        return { batchItemFailures: [] };
      });
    return (event) => handler(event, {} as Context);
  },
  each: (task) => {
    const handler = middy<DynamoDBStreamEvent, unknown>()
      .use(eventNormalizer())
      .handler(async (event) => {
        for (const record of event.Records) await task(sequenceNumberOf(record));
      });
    return (event) => handler(event, {} as Context);
  },
};

// An absent image comes as an empty item: only the event's name tells.
function imagesOf({ eventName, dynamodb }: NormalizedRecord) {
  return {
    keys: dynamodb.Keys,
    newImage: eventName === 'REMOVE' ? undefined : dynamodb.NewImage,
    oldImage: eventName === 'INSERT' ? undefined : dynamodb.OldImage,
  };
}
