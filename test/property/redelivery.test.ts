import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scriptedContext } from '../fixtures/clocks.ts';
import { deliver } from '../fixtures/lambda.ts';
import { laneOf } from '../fixtures/plans.ts';
import { PROPERTY_TIMEOUT_MS, routerOf, runs, type Scenario, scenarios } from '../fixtures/play.ts';
import { Stage, sequenceNumberOf } from '../fixtures/stage.ts';

const MAPPINGS = [
  { partialResponses: true, bisectBatchOnFunctionError: false },
  { partialResponses: true, bisectBatchOnFunctionError: true },
  { partialResponses: false, bisectBatchOnFunctionError: false },
  { partialResponses: false, bisectBatchOnFunctionError: true },
];

/** The records of each lane, in order. */
function lanesOf({ plan, order }: Scenario): Map<number, number[]> {
  const lanes = new Map<number, number[]>();
  for (const index of plan.records.keys()) {
    const lane = laneOf(plan, index, order);
    lanes.set(lane, [...(lanes.get(lane) ?? []), index]);
  }
  return lanes;
}

/** Starts of a record while an older one of its lane had not yet succeeded. */
function early(stage: Stage, lanes: Map<number, number[]>): number[] {
  const before = new Map<number, number>();
  for (const lane of lanes.values())
    for (const [at, index] of lane.entries()) before.set(index, lane[at - 1] ?? -1);
  const succeeded = new Set([-1]);
  return stage.steps
    .filter(({ what, index }) => {
      if (what === 'success') succeeded.add(index);
      return what === 'start' && !succeeded.has(before.get(index) ?? -1);
    })
    .map(({ index }) => index);
}

/** Starts of a record while another of its lane was in flight. */
function overlapping(stage: Stage, scenario: Scenario): number[] {
  const busy = new Set<number>();
  return stage.steps
    .filter(({ what, index }) => {
      const lane = laneOf(scenario.plan, index, scenario.order);
      if (what === 'success' || what === 'failure') busy.delete(lane);
      if (what !== 'start') return false;
      const met = busy.has(lane);
      busy.add(lane);
      return met;
    })
    .map(({ index }) => index);
}

/** The lanes, and the items, whose last handled change is not their newest. */
function stale(stage: Stage, { plan, order }: Scenario): string[] {
  return (['item', order] as const).flatMap((group) => {
    const newest = new Map([...plan.records.keys()].map((index) => [laneOf(plan, index, group), index]));
    const last = new Map(stage.indexesOf('success').map((index) => [laneOf(plan, index, group), index]));
    return [...newest]
      .filter(([name, index]) => last.get(name) !== index)
      .map(([name]) => `${group} ${name}`);
  });
}

describe.each(MAPPINGS)('%o', (mapping) => {
  const { partialResponses } = mapping;

  test(
    'Lambda gets to the end, each record handled, each item in order, nothing passed over',
    async () => {
      await fc.assert(
        fc.asyncProperty(scenarios({ maxRecords: partialResponses ? 500 : 150 }), async (scenario) => {
          const stage = new Stage(scenario.plan);
          const lanes = lanesOf(scenario);
          const router = routerOf(stage, scenario, { partialResponses });
          const falsely: number[] = [];
          await deliver(stage.records, {
            ...mapping,
            sandbox: () => router,
            passed(records) {
              const succeeded = new Set(stage.indexesOf('success'));
              const indexes = records.map((record) => stage.indexOf(sequenceNumberOf(record)));
              falsely.push(...indexes.filter((index) => !succeeded.has(index)));
            },
          });
          expect(falsely).toEqual([]);
          expect(new Set(stage.indexesOf('success')).size).toBe(stage.records.length);
          expect(early(stage, lanes)).toEqual([]);
          expect(overlapping(stage, scenario)).toEqual([]);
          expect(stale(stage, scenario)).toEqual([]);
        }),
        runs(30),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  test(
    'in several sandboxes, the last handled change of each item is its newest',
    async () => {
      const bounds = { maxRecords: 60, maxItems: 8, oneFailureIn: 5, relapses: true };
      const choices = fc.infiniteStream(fc.nat(3));
      await fc.assert(
        fc.asyncProperty(scenarios(bounds), choices, async (scenario, choices) => {
          const stage = new Stage(scenario.plan);
          const lanes = lanesOf(scenario);
          // Each router knows its own checkpoints; the stage keeps one journal of all routers.
          const sandboxes = Array.from({ length: 4 }, () => routerOf(stage, scenario, { partialResponses }));
          await deliver(stage.records, {
            ...mapping,
            // biome-ignore lint/style/noNonNullAssertion: 0 to 3
            sandbox: () => sandboxes[choices.next().value]!,
          });
          expect(stale(stage, scenario)).toEqual([]);
          expect(early(stage, lanes)).toEqual([]);
          expect(new Set(stage.indexesOf('success')).size).toBe(stage.records.length);
        }),
        runs(150),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});

test.each([false, true])(
  'through timeouts, each of which keeps the finished work: bisect %o',
  async (bisectBatchOnFunctionError) => {
    await fc.assert(
      fc.asyncProperty(
        scenarios({ maxRecords: 80, paces: ['sync', 'microtask', 'immediate', 'eager thenable'] }),
        fc.integer({ min: 12, max: 60 }),
        async (scenario, looks) => {
          const stage = new Stage(scenario.plan);
          const lanes = lanesOf(scenario);
          const router = routerOf(stage, scenario, { reserveMs: 100 });
          const attempts = await deliver(stage.records, {
            partialResponses: true,
            bisectBatchOnFunctionError,
            sandbox: () => router,
            contextOf: () => scriptedContext(100 + looks, 1),
          });
          expect(new Set(stage.indexesOf('success')).size).toBe(stage.records.length);
          expect(early(stage, lanes)).toEqual([]);
          // Every attempt either gets further or spends one of the planned failures; bisecting adds the halves.
          const failures = scenario.plan.records.reduce(
            (sum, record) => sum + (record.failures > 0 ? 3 : 0),
            0,
          );
          expect(attempts).toBeLessThanOrEqual(1 + failures + 3 * stage.records.length);
        },
      ),
      runs(30),
    );
  },
  PROPERTY_TIMEOUT_MS,
);
