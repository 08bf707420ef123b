import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Contender, EventHandler } from './contender.ts';
import { sdkReader, sdkReaderAsync } from './sdk-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

/**
 * The loop from AWS's documentation: one record after the other, a checkpoint at the first failure.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/example_serverless_DynamoDB_Lambda_batch_item_failures_section.html
 */
export const plainLoop: Contender = {
  name: 'loop + util-dynamodb',
  handler: (work) => (work.async ? asyncLoop(sdkReaderAsync(work)) : syncLoop(sdkReader(work))),
  each: (task) => asyncLoop((record) => task(sequenceNumberOf(record))),
};

function asyncLoop(handle: (record: DynamoDBRecord) => Promise<void>): EventHandler {
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    for (const record of event.Records) {
      try {
        await handle(record);
      } catch {
        return { batchItemFailures: [{ itemIdentifier: sequenceNumberOf(record) }] };
      }
    }
    return { batchItemFailures: [] };
  };
}

function syncLoop(handle: (record: DynamoDBRecord) => void): EventHandler {
  return (event: DynamoDBStreamEvent): DynamoDBBatchResponse => {
    for (const record of event.Records) {
      try {
        handle(record);
      } catch {
        return { batchItemFailures: [{ itemIdentifier: sequenceNumberOf(record) }] };
      }
    }
    return { batchItemFailures: [] };
  };
}
