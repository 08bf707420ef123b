import middy from '@middy/core';
import eventNormalizer from '@middy/event-normalizer';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import type { BenchItem } from '../data/items.ts';
import type { Tally } from '../tally.ts';
import { entryByHand } from './audit-entry.ts';
import type { Contender, EventHandler } from './contender.ts';
import { itemReader } from './item-reader.ts';
import { sequenceNumberOf } from './sequence-number-of.ts';

interface NormalizedRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly Keys: { readonly invoiceId?: string };
    readonly NewImage: BenchItem;
    readonly OldImage: BenchItem;
  };
}

/** Middy with its event normalizer, which unmarshalls all of every record, and a loop. */
export const middyNormalizer: Contender = {
  name: 'Middy + event-normalizer',
  handler: (work) => {
    const read = itemReader(work);
    const handle = async (record: NormalizedRecord) => read(imagesOf(record));
    const handler = middy<DynamoDBStreamEvent, unknown>()
      .use(eventNormalizer())
      .handler(async (event) => {
        for (const record of event.Records as unknown as NormalizedRecord[]) {
          if (work.async) await handle(record);
          else read(imagesOf(record));
        }
        return { batchItemFailures: [] };
      });
    return (event) => handler(event, {} as Context);
  },
  each: (task) => {
    const handler = middy<DynamoDBStreamEvent, unknown>()
      .use(eventNormalizer())
      .handler(async (event) => {
        for (const record of event.Records) await task(sequenceNumberOf(record));
      });
    return (event) => handler(event, {} as Context);
  },
};

/** A loop with an async function around a handler that reads both images. */
export function middyWrapped(tally: Tally): EventHandler {
  const read = itemReader({ reads: 'both', async: true, tally });
  const handle = async (record: NormalizedRecord) => read(imagesOf(record));
  return loopOver(async (record) => {
    await handle(record);
  });
}

/** A loop whose handler sends an audit entry of each record. */
export function middyAudited(sink: { send(entry: object): Promise<void> }): EventHandler {
  return loopOver((record) => {
    const { eventID, eventName, eventSourceARN, dynamodb } = record;
    const sequenceNumber = sequenceNumberOf(record);
    const { newImage, oldImage } = imagesOf(record);
    const keys = dynamodb.Keys;
    return sink.send(
      entryByHand({ eventID, eventName, eventSourceARN, sequenceNumber, keys, newImage, oldImage }),
    );
  });
}

function loopOver(handle: (record: NormalizedRecord) => Promise<void>): EventHandler {
  const handler = middy<DynamoDBStreamEvent, unknown>()
    .use(eventNormalizer())
    .handler(async (event) => {
      for (const record of event.Records as unknown as NormalizedRecord[]) await handle(record);
      return { batchItemFailures: [] };
    });
  return (event) => handler(event, {} as Context);
}

// An absent image comes as an empty item: only the event's name tells.
function imagesOf({ eventName, dynamodb }: NormalizedRecord) {
  return {
    keys: dynamodb.Keys,
    newImage: eventName === 'REMOVE' ? undefined : dynamodb.NewImage,
    oldImage: eventName === 'INSERT' ? undefined : dynamodb.OldImage,
  };
}
