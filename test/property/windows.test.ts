import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamWindow } from '../../src/index.ts';
import { deliver } from '../../src/testing/deliver.ts';
import { memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';

const START = 1_767_225_600;
const LENGTH = 60;

/** What happens to a record, or to a window's close, at its attempts: the first outcomes, then it goes well. */
const outcomes = fc.array(fc.constantFrom('throw', 'wait', 'reject', 'ok'), { maxLength: 3 });

const runs = fc.record({
  /** Seconds between records. */
  gaps: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 150 })), { minLength: 1, maxLength: 40 }),
  fates: fc.array(outcomes, { minLength: 40, maxLength: 40 }),
  closes: fc.array(outcomes, { minLength: 40, maxLength: 40 }),
  /** Invocations that are lost after they were handled: a timeout, a network error. Lambda delivers again. */
  lost: fc.array(fc.boolean(), { maxLength: 20 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
  bisect: fc.boolean(),
  inPlace: fc.boolean(),
  partialResponses: fc.boolean(),
});

test('every record is counted exactly once, in the window of its creation, whatever fails and is delivered again', async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (run) => {
      let at = START;
      const records: DynamoDBRecord[] = run.gaps.map((gap, index) => {
        at += gap;
        const record = recordOf({ newImage: { index: { N: String(index) } } }, index);
        return { ...record, dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: at } };
      });
      const fates = run.fates.map((fate) => [...fate]);
      const closes = run.closes.map((fate) => [...fate]);
      const lost = [...run.lost];
      const closed = new Map<number, number[]>();

      const handler = streamWindow<{ id: string; index: number }, { counted: number[] }>({
        initial: { counted: [] },
        logger: memoryLogger(),
        partialResponses: run.partialResponses,
        reduce(state, record) {
          if (record.eventName !== 'INSERT') return;
          const { index } = record.newImage;
          const fate = fates[index]?.shift() ?? 'ok';
          // Spoilt before it fails, where it is changed in place.
          if (run.inPlace) state.counted.push(index);
          if (fate === 'throw') throw new Error('refused');
          if (fate === 'reject') return Promise.reject(new Error('refused'));
          const result = run.inPlace ? undefined : { counted: [...state.counted, index] };
          return fate === 'wait' ? Promise.resolve(result) : result;
        },
        close({ counted }, { start }) {
          const window = (start.getTime() / 1000 - START) / LENGTH;
          const fate = closes[window % closes.length]?.shift() ?? 'ok';
          if (fate === 'throw') throw new Error('refused');
          if (fate === 'reject') return Promise.reject(new Error('refused'));
          // Idempotent, by window: the last result stands.
          closed.set(window, counted);
          return undefined;
        },
      });
      const unreliable: typeof handler = async (event, context) => {
        const response = await handler(event, context);
        if (lost.shift()) throw new Error('timed out');
        return response;
      };

      const delivery = await deliver(unreliable, records, {
        tumblingWindowInSeconds: LENGTH,
        batchSize: run.batchSize,
        bisectBatchOnFunctionError: run.bisect,
        functionResponseTypes: run.partialResponses ? ['ReportBatchItemFailures'] : [],
      });

      const expected = new Map<number, number[]>();
      records.forEach(({ dynamodb }, index) => {
        const window = Math.floor(((dynamodb?.ApproximateCreationDateTime ?? 0) - START) / LENGTH);
        expected.set(window, [...(expected.get(window) ?? []), index]);
      });
      expect([...closed]).toEqual([...expected]);
      expect(delivery.onFailure).toEqual([]);
      expect(delivery.checkpoint).toBe(sequenceNumberAt(records.length - 1));
    }),
    { numRuns: 500 },
  );
});
