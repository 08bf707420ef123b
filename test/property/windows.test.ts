import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamWindow } from '../../src/index.ts';
import { deliver } from '../../src/testing/deliver.ts';
import type { LambdaTestContext } from '../../src/testing/lambda-context.ts';
import { memoryLogger, recordOf, sequenceNumberAt } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS } from '../fixtures/play.ts';

const START = 1_767_225_600;
const LENGTH = 60;
const MEGABYTE = 1024 * 1024;

/** The first outcomes of the attempts at a record, or at a window's close. Later attempts succeed. */
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

/** The behaviour of a reduce at one attempt at a record. Deadlines pass while it runs, in the task in which it settles. */
const fates = fc.record({
  what: fc.constantFrom(
    ...(['ok', 'wait', 'throw', 'reject'] as const),
    ...(['late', 'late throw', 'late at once', 'late throw at once', 'hang'] as const),
  ),
  /** Turns of the microtask queue between the deadline and the end of reduce. */
  ticks: fc.integer({ min: 0, max: 8 }),
  /** The share of the reserved time that is left when reduce ends. */
  left: fc.constantFrom(0, 0.5, 0.999),
});

const deadlineRuns = fc.record({
  /** Seconds to the next record: a negative number makes it one that comes late. */
  gaps: fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 50 }) }, fc.integer({ min: -90, max: 90 })),
    {
      minLength: 1,
      maxLength: 30,
    },
  ),
  fates: fc.array(fc.array(fates, { maxLength: 2 }), { minLength: 30, maxLength: 30 }),
  /** Records that make the state larger than 1 MB: the window ends early. */
  large: fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 4 }),
  lost: fc.array(fc.boolean(), { maxLength: 20 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
  bisect: fc.boolean(),
  inPlace: fc.boolean(),
  partialResponses: fc.boolean(),
  reserveMs: fc.constantFrom(0, 1000),
});

const TIMEOUT_MS = 3000;

test(
  'every record is counted exactly once, whatever settles at the deadline, comes late, is lost or ends early',
  async () => {
    const seen = { runs: 0, records: 0, deadlines: 0, late: 0, early: 0, lost: 0, failures: 0, answers: 0 };
    await fc.assert(
      fc.asyncProperty(deadlineRuns, async (run) => {
        seen.runs++;
        let at = START + 600;
        const creation = run.gaps.map((gap) => (at += gap));
        const records = creation.map((seconds, index) => {
          const record = recordOf({ newImage: { index: { N: String(index) } } }, index);
          return { ...record, dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: seconds } };
        });
        seen.records += records.length;
        const left = run.fates.map((some) => [...some]);
        const lost = [...run.lost];
        let miscounted = 0;
        // By window and first record: a window that ended early has several results, a repeated one has the same.
        const closed = new Map<string, { window: number; counted: number[] }>();

        const handler = streamWindow<{ id: string; index: number }, { counted: number[]; pad?: string }>({
          initial: { counted: [] },
          logger: memoryLogger(),
          partialResponses: run.partialResponses,
          reserveMs: run.reserveMs,
          reduce(state, record, { lambdaContext }) {
            if (record.eventName !== 'INSERT') return;
            const { index } = record.newImage;
            const fate = left[index]?.shift();
            const count = () => {
              const pad = run.large.includes(index) ? { pad: 'x'.repeat(MEGABYTE) } : undefined;
              if (!run.inPlace) return { ...state, counted: [...state.counted, index], ...pad };
              state.counted.push(index);
              return void Object.assign(state, pad);
            };
            const fail = (): never => {
              // Spoilt before it fails, where it is changed in place.
              count();
              seen.failures++;
              throw new Error('refused');
            };
            const pass = () => {
              const context = lambdaContext as LambdaTestContext;
              seen.deadlines++;
              const past = context.getRemainingTimeInMillis() - run.reserveMs * (fate?.left ?? 0);
              context.advance(Math.max(0, past));
            };
            const later = async (first: () => void, last: () => unknown) => {
              await undefined;
              first();
              for (let tick = 0; tick < (fate?.ticks ?? 0); tick++) await undefined;
              return last() as undefined;
            };
            const nothing = () => {};
            switch (fate?.what) {
              case 'wait':
                return later(nothing, count);
              case 'throw':
                return fail();
              case 'reject':
                return later(nothing, fail);
              case 'late':
                return later(pass, count);
              case 'late throw':
                return later(pass, fail);
              case 'late at once':
                pass();
                return count();
              case 'late throw at once':
                pass();
                return fail();
              case 'hang':
                // Ends long after the answer, and may not get into any state.
                return new Promise((resolve) => setImmediate(resolve))
                  .then(pass)
                  .then(() => new Promise((resolve) => setImmediate(resolve)))
                  .then(count);
              default:
                return count();
            }
          },
          close({ counted }, { start, isWindowTerminatedEarly }) {
            if (isWindowTerminatedEarly) seen.early++;
            closed.set(`${start.toISOString()} ${counted[0]}`, { window: start.getTime() / 1000, counted });
          },
        });
        const unreliable: typeof handler = async (event, context) => {
          const response = await handler(event, context);
          seen.answers++;
          // Of each answer, the state has exactly the records before its checkpoint.
          const failed = response.batchItemFailures?.[0]?.itemIdentifier;
          const numbers = event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber);
          const before = numbers.slice(0, failed === undefined ? numbers.length : numbers.indexOf(failed));
          const already = (event.state.counted ?? []) as number[];
          const now = before.map((number) =>
            records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === number),
          );
          if (!isDeepStrictEqual(response.state.counted, [...already, ...now])) miscounted++;
          if (!lost.shift()) return response;
          seen.lost++;
          throw new Error('lost');
        };

        const delivery = await deliver(unreliable, records, {
          tumblingWindowInSeconds: LENGTH,
          batchSize: run.batchSize,
          bisectBatchOnFunctionError: run.bisect,
          functionResponseTypes: run.partialResponses ? ['ReportBatchItemFailures'] : [],
          timeoutSeconds: TIMEOUT_MS / 1000,
        });

        expect(miscounted).toBe(0);
        const windowOf = new Map<number, number[]>();
        for (const { window, counted } of closed.values()) {
          for (const index of counted) windowOf.set(index, [...(windowOf.get(index) ?? []), window]);
        }
        let newest = 0;
        records.forEach((_, index) => {
          const own = Math.floor((creation[index] as number) / LENGTH) * LENGTH;
          newest = Math.max(newest, own);
          if (own < newest) seen.late++;
          // Its own window; for a record that comes late, the one that is open.
          const windows = windowOf.get(index) ?? [];
          expect(windows).toHaveLength(1);
          expect(windows[0]).toBeGreaterThanOrEqual(own);
          expect(windows[0]).toBeLessThanOrEqual(newest);
        });
        expect(delivery.onFailure).toEqual([]);
        expect(delivery.checkpoint).toBe(sequenceNumberAt(records.length - 1));
      }),
      { numRuns: 150 },
    );
    // The runs are about something.
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(10);
  },
  PROPERTY_TIMEOUT_MS,
);
