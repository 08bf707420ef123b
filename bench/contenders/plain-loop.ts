import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { Contender } from './contender.ts';
import { sdkReader, sdkReaderAsync } from './sdk-reader.ts';

/**
 * The loop from AWS's documentation: one record after the other, a checkpoint at the first failure.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/example_serverless_DynamoDB_Lambda_batch_item_failures_section.html
 */
export const plainLoop: Contender = {
  name: 'loop + util-dynamodb',
  handler: (work) => {
    if (work.async) {
      const handle = sdkReaderAsync(work);
      return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
        for (const record of event.Records) {
          try {
            await handle(record);
          } catch {
            return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
          }
        }
        return { batchItemFailures: [] };
      };
    }
    const handle = sdkReader(work);
    return (event: DynamoDBStreamEvent): DynamoDBBatchResponse => {
      for (const record of event.Records) {
        try {
          handle(record);
        } catch {
          return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
        }
      }
      return { batchItemFailures: [] };
    };
  },
};
