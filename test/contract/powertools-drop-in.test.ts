import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

/** The same program with either processor: what Powertools users rely on must not change. */
describe.each([
  ['BatchProcessor of Powertools', () => new BatchProcessor(EventType.DynamoDBStreams)],
  ['OrderedStreamProcessor', () => new OrderedStreamProcessor({ logger: memoryLogger() })],
] as const)('%s', (_name, processorOf) => {
  test('reports nothing when every record succeeds', async () => {
    const processor = processorOf();
    const event = eventOf({ id: 'a' }, { id: 'b' });

    const response = await processPartialResponse(event, async () => 'done', processor, {
      context: contextOf(),
    });

    expect(response).toEqual({ batchItemFailures: [] });
    expect(processor.successMessages).toEqual(event.Records);
    expect(processor.failureMessages).toEqual([]);
    expect(processor.errors).toEqual([]);
  });

  test('reports the one record that fails', async () => {
    const processor = processorOf();
    const event = eventOf({ id: 'a' }, { id: 'b' }, { id: 'c' });
    const failure = new Error('out of stock');

    const response = await processPartialResponse(
      event,
      async (record: DynamoDBRecord) => {
        if (record.dynamodb?.Keys?.id?.S === 'b') throw failure;
      },
      processor,
      { context: contextOf() },
    );

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(1) }] });
    expect(processor.failureMessages).toEqual([event.Records[1]]);
    expect(processor.successMessages).toEqual([event.Records[0], event.Records[2]]);
    expect(processor.errors).toEqual([failure]);
  });

  test('hands the record handler the record as Lambda sent it, and the Lambda context', async () => {
    const event = eventOf({ id: 'a' });
    const context = contextOf();
    const seen: unknown[] = [];

    await processPartialResponse(
      event,
      (record: DynamoDBRecord, lambdaContext: Context) => void seen.push(record, lambdaContext),
      processorOf(),
      { context },
    );

    expect(seen[0]).toBe(event.Records[0]);
    expect(seen[1]).toBe(context);
  });

  test('resolves process() to what became of each record', async () => {
    const event = eventOf({ id: 'a' }, { id: 'b' });
    const processor = processorOf().register(event.Records as never, async (record: DynamoDBRecord) => {
      if (record.dynamodb?.Keys?.id?.S === 'b') throw new Error('no');
      return 'done';
    });

    expect(await processor.process()).toEqual([
      ['success', 'done', event.Records[0]],
      ['fail', 'no', event.Records[1]],
    ]);
  });

  test('handles one record by itself in processRecord', async () => {
    const event = eventOf({ id: 'a' }, { id: 'b' });
    const [first, second] = event.Records as [DynamoDBRecord, DynamoDBRecord];
    const processor = processorOf().register(event.Records as never, async (record: DynamoDBRecord) => {
      if (record === second) throw new Error('no');
      return 'done';
    });

    expect(await processor.processRecord(first)).toEqual(['success', 'done', first]);
    expect(await processor.processRecord(second)).toEqual(['fail', 'no', second]);
  });

  test('accepts a batch without records', async () => {
    expect(await processPartialResponse({ Records: [] }, async () => {}, processorOf())).toEqual({
      batchItemFailures: [],
    });
  });

  test('refuses synchronous processing', () => {
    const processor = processorOf().register(eventOf({ id: 'a' }).Records as never, () => {});

    expect(() => processor.processSync()).toThrow(
      expect.objectContaining({ name: 'BatchProcessingError' }) as Error,
    );
    expect(() => processor.processRecordSync({})).toThrow(
      expect.objectContaining({ name: 'BatchProcessingError' }) as Error,
    );
  });

  test('throws for a batch of which every record failed, when asked to', async () => {
    const failure = new Error('no');

    await expect(
      processPartialResponse(eventOf({ id: 'a' }), async () => Promise.reject(failure), processorOf(), {
        throwOnFullBatchFailure: true,
      }),
    ).rejects.toMatchObject({ name: 'FullBatchFailureError', recordErrors: [failure] });
  });
});
