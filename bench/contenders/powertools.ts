import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Contender } from './contender.ts';
import { sdkReader, sdkReaderAsync } from './sdk-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

/** Powertools' BatchProcessor as it comes: all records at once. */
export const powertoolsParallel: Contender = powertools('Powertools parallel + unmarshall', true);

/** The same, one record after the other. */
export const powertoolsSequential: Contender = powertools('Powertools sequential + unmarshall', false);

function powertools(name: string, processInParallel: boolean): Contender {
  return {
    name,
    handler: (work) => {
      const processor = new BatchProcessor(EventType.DynamoDBStreams);
      const handle = work.async ? sdkReaderAsync(work) : sdkReader(work);
      return (event) => processPartialResponse(event, handle, processor, { processInParallel });
    },
    each: (task) => {
      const processor = new BatchProcessor(EventType.DynamoDBStreams);
      const handle = (record: DynamoDBRecord) => task(sequenceNumberOf(record));
      // A batch in which everything fails is answered like any other.
      const options = { processInParallel, throwOnFullBatchFailure: false };
      return (event) => processPartialResponse(event, handle, processor, options);
    },
  };
}
