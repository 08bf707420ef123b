import type { DynamoDBRecord } from 'aws-lambda';
import type { BenchItem } from '../data/items.ts';
import type { Contender } from './contender.ts';
import { itemReader } from './item-reader.ts';

interface ProcessedRecord {
  readonly dynamodb: {
    readonly Keys: { readonly invoiceId?: string };
    readonly NewImage?: BenchItem;
    readonly OldImage?: BenchItem;
  };
}

type ProcessRecords = (records: readonly DynamoDBRecord[]) => readonly ProcessedRecord[];

/** dynamodb-streams-processor: unmarshalls all of every record with the SDK's version 2, and a loop. */
export const dynamodbStreamsProcessor: Contender = {
  name: 'dynamodb-streams-processor',
  handler: async (work) => {
    // It has no types, and the SDK's version 2 warns once that it is retired.
    const name = 'dynamodb-streams-processor';
    process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
    const { default: processRecords }: { default: ProcessRecords } = await import(name);
    const read = itemReader(work);
    const imagesOf = ({ dynamodb }: ProcessedRecord) => ({
      keys: dynamodb.Keys,
      newImage: dynamodb.NewImage,
      oldImage: dynamodb.OldImage,
    });
    const handle = async (record: ProcessedRecord) => read(imagesOf(record));
    return async (event) => {
      for (const record of processRecords(event.Records)) {
        if (work.async) await handle(record);
        else read(imagesOf(record));
      }
    };
  },
};
