import type { DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineError, type RecordContext, streamRouter } from '../../src/index.ts';
import { scriptedContext } from '../fixtures/clocks.ts';
import { contextOf } from '../fixtures/events.ts';
import { checkpointOf, PROPERTY_TIMEOUT_MS, runs, type Scenario, scenarios } from '../fixtures/play.ts';
import { Stage } from '../fixtures/stage.ts';

type Handle = (record: { readonly sequenceNumber: string }, context: RecordContext) => unknown;

function routerWith(handle: Handle, stage: Stage, { order, concurrency }: Scenario, reserveMs: number) {
  const settings = {
    order: order === 'shard' ? order : 'item',
    concurrency,
    reserveMs,
    logger: stage.logger,
  } as const;
  return streamRouter(settings).onInsert(handle).onModify(handle).onRemove(handle);
}

/** The lowest record whose handler has not completed. */
function unfinishedOf(stage: Stage): number {
  const succeeded = new Set(stage.indexesOf('success'));
  const index = stage.records.findIndex((_, index) => !succeeded.has(index));
  return index === -1 ? stage.records.length : index;
}

test(
  'no record starts once less than reserveMs is left, slow synchronous handlers included',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios(), fc.nat(2000), fc.nat(400), async (scenario, reserveMs, budgetMs) => {
        const stage = new Stage(scenario.plan);
        const context = scriptedContext(reserveMs + budgetMs);
        const remainingAtStart: number[] = [];
        const handle: Handle = (record, { getRemainingTimeInMillis }) => {
          remainingAtStart.push(getRemainingTimeInMillis());
          // Time passes while the handler runs, before it returns anything.
          context.advance(scenario.plan.records[stage.indexOf(record.sequenceNumber)]?.latencyMs ?? 0);
          return stage.handle(record);
        };
        const router = routerWith(handle, stage, scenario, reserveMs);
        const response = await router({ Records: [...stage.records] }, context);
        expect(remainingAtStart.filter((left) => left < reserveMs)).toEqual([]);
        // Progress is kept: the answer names the lowest record that did not complete, and no other.
        expect(checkpointOf(stage, response)).toBe(unfinishedOf(stage));
      }),
      runs(50),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'handlers that never settle do not prevent the answer, and settling late changes nothing',
  async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listener);
    await fc.assert(
      fc.asyncProperty(
        scenarios({ maxRecords: 120 }),
        fc.integer({ min: 2, max: 15 }),
        fc.integer({ min: 2, max: 12 }),
        fc.boolean(),
        async (scenario, budgetMs, oneHangsIn, middleware) => {
          const stage = new Stage(scenario.plan);
          const late: { settle(): void }[] = [];
          const signals = new Set<AbortSignal>();
          const handle: Handle = (record, { signal }) => {
            signals.add(signal);
            const index = stage.indexOf(record.sequenceNumber);
            if (index % oneHangsIn !== oneHangsIn - 1) return stage.handle(record);
            stage.steps.push({ what: 'start', index });
            return new Promise((resolve, reject) => {
              late.push({ settle: () => (index % 2 === 0 ? resolve(undefined) : reject(new Error('late'))) });
            });
          };
          const router = routerWith(handle, stage, scenario, 1000);
          if (middleware) router.use(async (_record, _context, next) => void (await next()));
          const response = await router({ Records: [...stage.records] }, contextOf(1000 + budgetMs));

          expect(checkpointOf(stage, response)).toBe(unfinishedOf(stage));
          const answered = { response: structuredClone(response), steps: stage.steps.length };
          // Some hang for good: that has to have ended at the deadline, with the signal.
          if (late.length > 0) {
            for (const signal of signals) expect(signal.reason).toBeInstanceOf(DeadlineError);
          }
          for (const { settle } of late) settle();
          await new Promise((resolve) => setTimeout(resolve, 4));
          expect(response).toEqual(answered.response);
          const after = stage.steps.slice(answered.steps);
          expect(stage.indexesOf('start', after)).toEqual([]);
          expect(stage.indexesOf('heard', after)).toEqual([]);
        },
      ),
      runs(50),
    );
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'a signal does not abort while there is time',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 60 }), async (scenario) => {
        const stage = new Stage(scenario.plan);
        const signals = new Set<AbortSignal>();
        const handle: Handle = (record, { signal }) => {
          signals.add(signal);
          return stage.handle(record);
        };
        const event: DynamoDBStreamEvent = { Records: [...stage.records] };
        await routerWith(handle, stage, scenario, 1000)(event, contextOf(600_000));
        expect([...signals].map(({ aborted }) => aborted)).toEqual([false]);
      }),
      runs(30),
    );
  },
  PROPERTY_TIMEOUT_MS,
);
