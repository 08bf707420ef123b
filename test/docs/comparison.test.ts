// The comparison in README.md, checked on the versions installed here.
import { readFileSync } from 'node:fs';
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
import { awsLambdaStream } from '../../bench/contenders/aws-lambda-stream.ts';
import { eventOf, type RecordSketch, sequenceNumberAt } from '../fixtures/events.ts';
import { ROOT } from './markdown.ts';

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

  test('continues after a failure, also one record at a time', async () => {
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

describe('aws-lambda-stream', () => {
  const Keys = { customerId: { S: 'C-7' }, invoiceId: { S: 'INV-1' } };
  const sameInvoice = (...images: readonly RecordSketch['newImage'][]) => {
    const event = eventOf(...images.map((image) => ({ newImage: { ...Keys, ...image } })));
    for (const { dynamodb } of event.Records) Object.assign(dynamodb ?? {}, { Keys });
    return event;
  };
  const sameItem = sameInvoice({}, {}, {});
  const indexOf = (sequenceNumber: string): number =>
    [0, 1, 2].findIndex((index) => sequenceNumberAt(index) === sequenceNumber);

  test('runs the changes of one item concurrently, and answers no batchItemFailures', async () => {
    const finished: number[] = [];
    const handler = await awsLambdaStream.each(async (sequenceNumber) => {
      await wait(60 - 20 * indexOf(sequenceNumber));
      finished.push(indexOf(sequenceNumber));
    }, 8);
    expect(await handler(sameItem)).toBe('Success');
    expect(finished).toEqual([2, 1, 0]);
  });

  test('fails the whole batch when a handler throws', async () => {
    const handler = await awsLambdaStream.each(() => Promise.reject(new Error('failed')), 8);
    await expect(handler(sameItem)).rejects.toThrow('failed');
  });

  test('fails the whole batch at a number that unmarshall refuses', async () => {
    const handler = await awsLambdaStream.each(async () => {}, 8);
    const event = sameInvoice({ total: { N: '12345678901234567890.5' } });
    await expect(handler(event)).rejects.toThrow("can't be converted to BigInt");
  });
});

test('the README names the versions that are installed', () => {
  const readme = readFileSync(`${ROOT}/README.md`, 'utf8');
  const versionOf = (folder: string): string =>
    JSON.parse(readFileSync(`${ROOT}/${folder}/package.json`, 'utf8')).version.replace(/\.\d+$/, '');
  expect(readme).toContain(`Powertools ${versionOf('node_modules/@aws-lambda-powertools/batch')}`);
  expect(readme).toContain(`aws-lambda-stream ${versionOf('bench/node_modules/aws-lambda-stream')}`);
});
