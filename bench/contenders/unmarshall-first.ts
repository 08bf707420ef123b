import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBStreamEvent } from 'aws-lambda';
import type { BenchItem } from '../data/items.ts';
import type { Contender } from './contender.ts';
import { itemReader } from './item-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

type Image = { readonly [name: string]: AttributeValue };

/** Unmarshalls everything, then goes through the records. */
export const unmarshallFirst: Contender = {
  name: 'unmarshall everything, then loop',
  handler: (work) => {
    const read = itemReader(work);
    const handle = async (record: Parameters<typeof read>[0]) => read(record);
    return async (event: DynamoDBStreamEvent) => {
      const records = event.Records.map(({ dynamodb }) => ({
        keys: itemOf(dynamodb?.Keys) as BenchItem,
        newImage: itemOf(dynamodb?.NewImage),
        oldImage: itemOf(dynamodb?.OldImage),
      }));
      for (const record of records) await handle(record);
    };
  },
  each: (task) => async (event) => {
    for (const record of event.Records) await task(sequenceNumberOf(record));
  },
};

function itemOf(image: Image | undefined): BenchItem | undefined {
  return image && (unmarshall(image as never) as BenchItem);
}
