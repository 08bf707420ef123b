import type { DynamoDBRecord } from 'aws-lambda';
import type { BenchItem } from '../data/items.ts';
import type { Contender } from './contender.ts';
import { itemReader } from './item-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

interface ProcessedRecord {
  readonly dynamodb: {
    readonly SequenceNumber: string;
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
    const processRecords = await load();
    const read = itemReader(work);
    const handle = async (record: ProcessedRecord) => read(imagesOf(record));
    return async (event) => {
      for (const record of processRecords(event.Records)) {
        if (work.async) await handle(record);
        else read(imagesOf(record));
      }
    };
  },
  each: async (task) => {
    const processRecords = await load();
    return async (event) => {
      for (const record of processRecords(event.Records)) await task(sequenceNumberOf(record));
    };
  },
};

function imagesOf({ dynamodb }: ProcessedRecord) {
  return { keys: dynamodb.Keys, newImage: dynamodb.NewImage, oldImage: dynamodb.OldImage };
}

async function load(): Promise<ProcessRecords> {
  // The SDK's version 2 says once that it is retired.
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
  // @ts-expect-error it has no types
  return (await import('dynamodb-streams-processor')).default;
}
