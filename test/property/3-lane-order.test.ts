import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextOf } from '../fixtures/events.ts';
import { outOfOrder } from '../fixtures/lane-order.ts';
import { laneOf } from '../fixtures/plans.ts';
import { PROPERTY_TIMEOUT_MS, playOnce, routerOf, runs, type Scenario, scenarios } from '../fixtures/play.ts';
import { Stage } from '../fixtures/stage.ts';

test(
  'within a lane a record starts only after the one before it succeeded',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ oneFailureIn: 100 }), async (scenario) => {
        const { stage } = await playOnce(scenario);
        expect(outOfOrder(stage, scenario)).toEqual([]);
      }),
      runs(70),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'the order is that of the sequence numbers as numbers, not that of the event',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        scenarios({ maxRecords: 200, maxItems: 5 }),
        fc.infiniteStream(fc.nat()),
        async (scenario, ranks) => {
          const stage = new Stage(scenario.plan);
          const rank = new Map(stage.records.map((record) => [record, ranks.next().value]));
          const shuffled = stage.records.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
          await routerOf(stage, scenario)({ Records: shuffled }, contextOf());
          expect(outOfOrder(stage, scenario)).toEqual([]);
        },
      ),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'lanes run side by side, and never more of them than concurrency allows',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        scenarios({ paces: ['immediate', 'timer', 'thenable'], oneFailureIn: 1000 }),
        async (scenario) => {
          const { stage } = await playOnce(scenario);
          let inFlight = 0;
          let most = 0;
          for (const { what } of stage.steps) {
            if (what === 'start') most = Math.max(most, ++inFlight);
            else if (what === 'success' || what === 'failure') inFlight--;
          }
          const { plan, order } = scenario;
          const lanes = new Set(plan.records.map((_, index) => laneOf(plan, index, order))).size;
          const allowed = order === 'shard' ? 1 : scenario.concurrency;
          expect(most).toBeLessThanOrEqual(Math.min(allowed, lanes));
          // At the start nothing is in the way: as many lanes are opened as there may be.
          if (!plan.records.some(({ failures }) => failures > 0)) expect(most).toBe(Math.min(allowed, lanes));
        },
      ),
      runs(50),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  '100,000 records in one call',
  async () => {
    const record = (index: number) => ({
      item: index % 997,
      eventName: 'MODIFY' as const,
      reversed: index % 3 === 0,
      pace: index % 5 === 0 ? ('sync' as const) : ('microtask' as const),
      latencyMs: 0,
      failures: 0,
      thrown: undefined,
      gap: 1,
      zeros: 0,
    });
    const plan = {
      keyShape: 'SN' as const,
      first: 99_990n,
      records: Array.from({ length: 100_000 }, (_, i) => record(i)),
    };
    const scenario: Scenario = { plan, order: 'item', concurrency: 100, declared: false };
    const stage = new Stage(plan);
    const response = await routerOf(stage, scenario, { reserveMs: 0 })(
      { Records: [...stage.records] },
      contextOf(900_000),
    );
    expect(response).toEqual({ batchItemFailures: [] });
    expect(stage.indexesOf('success')).toHaveLength(100_000);
    const lastOfItem = new Map<number, number>();
    for (const index of stage.indexesOf('start')) {
      expect(lastOfItem.get(index % 997) ?? -1).toBeLessThan(index);
      lastOfItem.set(index % 997, index);
    }
  },
  PROPERTY_TIMEOUT_MS,
);
