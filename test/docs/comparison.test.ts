// What README.md says of other ways to process a batch, shown on the versions installed here.
import { setTimeout as wait } from 'node:timers/promises';
import {
  BatchProcessor,
  EventType,
  FullBatchFailureError,
  processPartialResponse,
} from '@aws-lambda-powertools/batch';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { eventOf, sequenceNumberAt } from '../fixtures/events.ts';

describe('Powertools batch', () => {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const sameItem = eventOf({ id: 'a' }, { id: 'a' }, { id: 'a' });
  const indexOf = (record: DynamoDBRecord): number => Number(record.eventID);

  test('runs the changes of one item side by side, in no order', async () => {
    const finished: number[] = [];
    await processPartialResponse(
      sameItem,
      async (record: DynamoDBRecord) => {
        await wait(60 - 20 * indexOf(record));
        finished.push(indexOf(record));
      },
      processor,
    );
    expect(finished).toEqual([2, 1, 0]);
  });

  test('goes on past a failure, one record at a time too', async () => {
    const started: number[] = [];
    const response = await processPartialResponse(
      sameItem,
      async (record: DynamoDBRecord) => {
        started.push(indexOf(record));
        if (indexOf(record) === 0) throw new Error('failed');
      },
      processor,
      { processInParallel: false },
    );
    expect(started).toEqual([0, 1, 2]);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
  });

  test('reports every failed record, in the order they failed', async () => {
    const response = await processPartialResponse(
      sameItem,
      async (record: DynamoDBRecord) => {
        await wait(60 - 20 * indexOf(record));
        if (indexOf(record) > 0) throw new Error('failed');
      },
      processor,
      { processInParallel: true },
    );
    expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      sequenceNumberAt(2),
      sequenceNumberAt(1),
    ]);
  });

  test('throws when every record failed', async () => {
    const all = processPartialResponse(sameItem, () => Promise.reject(new Error('failed')), processor);
    await expect(all).rejects.toThrow(FullBatchFailureError);
  });

  test('rejects with a TypeError when a handler throws undefined', async () => {
    const all = processPartialResponse(sameItem, () => Promise.reject(undefined), processor);
    await expect(all).rejects.toThrow(TypeError);
  });

  test('keeps the options of one call for the next one', async () => {
    const started: number[] = [];
    const handler = async (record: DynamoDBRecord): Promise<void> => {
      await wait(20 - 10 * indexOf(record));
      started.push(indexOf(record));
    };
    const own = new BatchProcessor(EventType.DynamoDBStreams);
    await processPartialResponse(eventOf({}, {}), handler, own, { processInParallel: false });
    await processPartialResponse(eventOf({}, {}), handler, own);
    expect(started).toEqual([0, 1, 0, 1]);
  });

  test('answers that all succeeded when the failed record has no SequenceNumber', async () => {
    const event = eventOf({ id: 'a' }, { id: 'b' });
    delete event.Records[1]?.dynamodb?.SequenceNumber;
    const response = await processPartialResponse(
      event,
      async (record: DynamoDBRecord) => {
        if (indexOf(record) === 1) throw new Error('failed');
      },
      processor,
    );
    expect(response).toEqual({ batchItemFailures: [] });
  });
});

describe("the SDK's unmarshall, on a record as Lambda sends it", () => {
  const lambdaValue = (value: object) => unmarshall({ value } as never).value;

  test('leaves binary as base64 text', () => {
    expect(lambdaValue({ B: 'AQID' })).toBe('AQID');
  });

  test.each(['12345678901234567890.5', '1e20'])('throws on the number %s', (text) => {
    expect(() => lambdaValue({ N: text })).toThrow("can't be converted to BigInt");
  });
});
