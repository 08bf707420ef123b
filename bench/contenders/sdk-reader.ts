import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import type { BenchItem } from '../data/items.ts';
import type { Work } from './contender.ts';

type Image = { readonly [name: string]: AttributeValue };

/** Unmarshalls with the SDK exactly the parts that the handler reads, as careful code by hand does. */
export function sdkReader({ reads, tally }: Work): (record: DynamoDBRecord) => void {
  switch (reads) {
    case 'both':
      return ({ dynamodb }) => tally.images(itemOf(dynamodb?.NewImage), itemOf(dynamodb?.OldImage));
    case 'one':
      return ({ dynamodb }) =>
        dynamodb?.NewImage === undefined
          ? tally.images(undefined, itemOf(dynamodb?.OldImage))
          : tally.images(itemOf(dynamodb.NewImage), undefined);
    case 'keys':
      return ({ dynamodb }) => tally.keys(itemOf(dynamodb?.Keys) ?? {});
    case 'nothing':
      return () => tally.nothing();
  }
}

/** The same as an async function, which is what most handlers are. */
export function sdkReaderAsync(work: Work): (record: DynamoDBRecord) => Promise<void> {
  const read = sdkReader(work);
  return async (record) => read(record);
}

/** Unmarshalls an image, if there is one. */
export function itemOf(image: Image | undefined): BenchItem | undefined {
  return image && (unmarshall(image as never) as BenchItem);
}
