import type { DynamoDBRecord } from 'aws-lambda';
import { isExpired } from '../../record/time-to-live.ts';
import type { Attributes, ShownRecord } from './events.ts';
import { namedRecord } from './fields.ts';
import type { Mask } from './mask.ts';

/** Shows a record with its item. */
export function shownRecord(record: DynamoDBRecord, number: number, mask: Mask): ShownRecord {
  const { dynamodb } = record;
  return {
    ...namedRecord(record),
    number,
    keys: mask(dynamodb?.Keys as Attributes | undefined),
    oldImage: mask(dynamodb?.OldImage as Attributes | undefined),
    newImage: mask(dynamodb?.NewImage as Attributes | undefined),
    createdAt: dynamodb?.ApproximateCreationDateTime,
    isExpired: isExpired(record),
  };
}
