import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchSummary, type RecordContext, streamRouter } from '../../src/index.ts';
import { contextOf } from '../fixtures/events.ts';
import { checkpointOf, PROPERTY_TIMEOUT_MS, runs, scenarios } from '../fixtures/play.ts';
import { Stage } from '../fixtures/stage.ts';

test(
  'invocations of one router at once answer as each would alone',
  async () => {
    const batches = fc.array(scenarios({ maxRecords: 150 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, async (scenarios) => {
        const stages = scenarios.map(({ plan }) => new Stage(plan));
        const summaries: BatchSummary[] = [];
        const [{ concurrency, order }] = scenarios as [(typeof scenarios)[0]];
        const contexts = new Map<string, Set<RecordContext>>();
        const handle = (record: { readonly sequenceNumber: string }, context: RecordContext): unknown => {
          const { awsRequestId } = context.lambdaContext;
          contexts.set(awsRequestId, (contexts.get(awsRequestId) ?? new Set()).add(context));
          return stages[Number(awsRequestId)]?.handle(record);
        };
        const router = streamRouter({
          concurrency,
          order: order === 'shard' ? order : 'item',
          logger: { debug() {}, info() {}, warn() {}, error() {} },
          onBatch: (summary) => void summaries.push(summary),
        });
        router.onInsert(handle).onModify(handle).onRemove(handle);
        const responses = await Promise.all(
          stages.map(({ records }, index) =>
            // Each its own shard: the same table has the same sequence numbers twice only in different streams.
            router(
              {
                Records: records.map((record) => ({
                  ...record,
                  eventSourceARN: `${record.eventSourceARN}${index}`,
                })),
              },
              { ...contextOf(), awsRequestId: String(index) } as Context,
            ),
          ),
        );
        for (const [index, stage] of stages.entries()) {
          const lowest = stage.plan.records.findIndex(({ failures }) => failures > 0);
          const checkpoint = checkpointOf(stage, responses[index] as DynamoDBBatchResponse);
          expect(checkpoint).toBe(lowest === -1 ? stage.records.length : lowest);
          expect(contexts.get(String(index))?.size).toBe(1);
        }
        expect(summaries.map(({ records }) => records).sort()).toEqual(
          stages.map(({ records }) => records.length).sort(),
        );
        expect(new Set(responses.map(({ batchItemFailures }) => batchItemFailures)).size).toBe(stages.length);
      }),
      runs(40),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test('what a caller does to a response does not reach the next one', async () => {
  const router = streamRouter().onInsert(() => {});
  const first = await router({ Records: [] }, contextOf());
  first.batchItemFailures.push({ itemIdentifier: '1' });
  expect(await router({ Records: [] }, contextOf())).toEqual({ batchItemFailures: [] });
});
