import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Contender } from './contender.ts';
import { sdkReader, sdkReaderAsync } from './sdk-reader.ts';

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
  };
}
