import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliver } from '../fixtures/lambda.ts';
import { laneOf } from '../fixtures/plans.ts';
import { PROPERTY_TIMEOUT_MS, playOnce, routerOf, runs, scenarios } from '../fixtures/play.ts';
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
  'in one sandbox only the newest change of a lane is ever repeated: %o',
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
            for (const index of delivered) {
              const lane = delivered.filter(
                (other) => laneOf(plan, other, order) === laneOf(plan, index, order),
              );
              if (lane.length > 1 && lane.at(-1) === index) remembered.delete(index);
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
