import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { parser } from '@aws-lambda-powertools/batch/parser';
import { DynamoDBMarshalled } from '@aws-lambda-powertools/parser/helpers/dynamodb';
import {
  DynamoDBStreamChangeRecordBase,
  DynamoDBStreamRecord,
} from '@aws-lambda-powertools/parser/schemas/dynamodb';
import { z } from 'zod';
import type { BenchItem } from '../data/items.ts';
import type { Contender } from './contender.ts';
import { itemReader } from './item-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

// Its `innerSchema` demands both images and so refuses every INSERT and REMOVE: the schema is spelled out.
const item = z.looseObject({
  customerId: z.string(),
  invoiceId: z.string(),
  status: z.string(),
  version: z.number(),
});
const schema = DynamoDBStreamRecord.extend({
  dynamodb: DynamoDBStreamChangeRecordBase.extend({
    NewImage: DynamoDBMarshalled(item).optional(),
    OldImage: DynamoDBMarshalled(item).optional(),
  }),
});

interface ParsedRecord {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly Keys: { readonly invoiceId: { readonly S: string } };
    readonly NewImage?: BenchItem;
    readonly OldImage?: BenchItem;
  };
}

/** Powertools with its parser: it unmarshalls and checks both images of every record. */
export const powertoolsParser: Contender = {
  name: 'Powertools parallel + parser',
  handler: (work) => {
    const processor = new BatchProcessor(EventType.DynamoDBStreams, { parser, schema });
    const read = itemReader(work);
    const handle = async ({ dynamodb }: ParsedRecord) =>
      read({
        keys: { invoiceId: dynamodb.Keys.invoiceId.S },
        newImage: dynamodb.NewImage,
        oldImage: dynamodb.OldImage,
      });
    return (event) => processPartialResponse(event, handle as never, processor);
  },
  each: (task) => {
    const processor = new BatchProcessor(EventType.DynamoDBStreams, { parser, schema });
    const handle = (record: ParsedRecord) => task(sequenceNumberOf(record));
    return (event) => processPartialResponse(event, handle as never, processor);
  },
};
