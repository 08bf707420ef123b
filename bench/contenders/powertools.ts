import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Tally } from '../tally.ts';
import { entryByHand } from './audit-entry.ts';
import type { Contender, EventHandler } from './contender.ts';
import { itemOf, sdkReader, sdkReaderAsync } from './sdk-reader.ts';
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

/** In parallel, with an async function around a handler that reads both images. */
export function powertoolsWrapped(tally: Tally): EventHandler {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const handle = sdkReaderAsync({ reads: 'both', async: true, tally });
  const around = async (record: DynamoDBRecord) => {
    await handle(record);
  };
  return (event) => processPartialResponse(event, around, processor);
}

/** In parallel, with a handler that sends an audit entry of each record. */
export function powertoolsAudited(sink: { send(entry: object): Promise<void> }): EventHandler {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const handle = (record: DynamoDBRecord) => {
    const { eventID, eventName, eventSourceARN, dynamodb } = record;
    return sink.send(
      entryByHand({
        eventID,
        eventName,
        eventSourceARN,
        sequenceNumber: sequenceNumberOf(record),
        keys: itemOf(dynamodb?.Keys) ?? {},
        newImage: itemOf(dynamodb?.NewImage),
        oldImage: itemOf(dynamodb?.OldImage),
      }),
    );
  };
  return (event) => processPartialResponse(event, handle, processor);
}
