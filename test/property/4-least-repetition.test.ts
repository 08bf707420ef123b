import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Order } from '../../src/index.ts';
import { deliver } from '../fixtures/lambda.ts';
import { laneOf } from '../fixtures/plans.ts';
import { PROPERTY_TIMEOUT_MS, playOnce, routerOf, runs, type Scenario, scenarios } from '../fixtures/play.ts';
import { Stage, sequenceNumberOf } from '../fixtures/stage.ts';

test(
  'after a failure no record past it starts, and what is in flight finishes',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ oneFailureIn: 60 }), async (scenario) => {
        const { stage } = await playOnce(scenario);
        const finished = new Set([...stage.indexesOf('success'), ...stage.indexesOf('failure')]);
        expect(stage.indexesOf('start').filter((index) => !finished.has(index))).toEqual([]);
        let limit = Number.POSITIVE_INFINITY;
        const late: number[] = [];
        for (const { what, index } of stage.steps) {
          if (what === 'heard' || what === 'settled') limit = Math.min(limit, index);
          if (what === 'start' && index > limit) late.push(index);
        }
        expect(late).toEqual([]);
      }),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'records before a failure, in other lanes, still run',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ oneFailureIn: 15 }), async (scenario) => {
        const { stage } = await playOnce(scenario);
        const lowest = scenario.plan.records.findIndex(({ failures }) => failures > 0);
        const started = new Set(stage.indexesOf('start'));
        const before = lowest === -1 ? stage.records : stage.records.slice(0, lowest);
        expect(before.findIndex((_, index) => !started.has(index))).toBe(-1);
      }),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test.each([
  { partialResponses: true, bisectBatchOnFunctionError: false },
  { partialResponses: true, bisectBatchOnFunctionError: true },
  { partialResponses: false, bisectBatchOnFunctionError: true },
])(
  'in one sandbox only the newest of several changes, and what follows it, is ever repeated: %o',
  async (mapping) => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 200, oneFailureIn: 20 }), async (scenario) => {
        const { plan, order } = scenario;
        const stage = new Stage(plan);
        const router = routerOf(stage, scenario, { partialResponses: mapping.partialResponses });
        const remembered = new Set<number>();
        let seen = 0;
        const repeated: number[] = [];
        await deliver(stage.records, {
          ...mapping,
          sandbox: () => router,
          attempted(batch, failedAt) {
            const steps = stage.steps.slice(seen);
            seen = stage.steps.length;
            repeated.push(...stage.indexesOf('start', steps).filter((index) => remembered.has(index)));
            if (failedAt === -1) return;
            const delivered = batch.slice(failedAt).map((record) => stage.indexOf(sequenceNumberOf(record)));
            const succeeded = new Set(stage.indexesOf('success', steps));
            const newest = [
              ...newestOfSeveral(scenario, 'item', delivered),
              ...newestOfSeveral(scenario, order, delivered),
            ];
            for (const index of delivered) {
              const lane = laneOf(plan, index, order);
              // Handled again, and so is what lies behind it in its lane.
              if (newest.some((other) => other <= index && laneOf(plan, other, order) === lane))
                remembered.delete(index);
              else if (succeeded.has(index)) remembered.add(index);
            }
          },
        });
        expect(repeated).toEqual([]);
      }),
      runs(40),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

/** The newest record of each item, or of each lane, that has several among these. */
function newestOfSeveral({ plan }: Scenario, by: Order, indexes: readonly number[]): number[] {
  const groups = Map.groupBy(indexes, (index) => laneOf(plan, index, by));
  return [...groups.values()].filter(({ length }) => length > 1).map((group) => group.at(-1) as number);
}
