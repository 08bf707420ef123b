import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliver } from '../fixtures/lambda.ts';
import { PROPERTY_TIMEOUT_MS, playOnce, routerOf, runs, scenarios } from '../fixtures/play.ts';
import { Stage, sequenceNumberOf } from '../fixtures/stage.ts';

test(
  'after a failure no record past it starts, and records in flight finish',
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

test(
  'a sandbox that reported a record starts nothing past it again until it has succeeded',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 200, oneFailureIn: 20 }), async (scenario) => {
        const stage = new Stage(scenario.plan);
        const router = routerOf(stage, scenario, { partialResponses: true });
        let seen = 0;
        let reported = -1;
        const tooSoon: number[] = [];
        await deliver(stage.records, {
          partialResponses: true,
          bisectBatchOnFunctionError: false,
          sandbox: () => router,
          attempted(batch, failedAt) {
            const steps = stage.steps.slice(seen);
            seen = stage.steps.length;
            const done = steps.findIndex(({ what, index }) => what === 'success' && index === reported);
            const before = reported === -1 ? [] : steps.slice(0, done === -1 ? undefined : done);
            tooSoon.push(...stage.indexesOf('start', before).filter((index) => index !== reported));
            const record = batch[failedAt];
            reported = record === undefined ? -1 : stage.indexOf(sequenceNumberOf(record));
          },
        });
        expect(tooSoon).toEqual([]);
      }),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test.each([false, true])(
  'in one sandbox a record repeats those behind it once, however often it fails: bisect %o',
  async (bisectBatchOnFunctionError) => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 200, oneFailureIn: 20 }), async (scenario) => {
        const stage = new Stage(scenario.plan);
        const router = routerOf(stage, scenario);
        await deliver(stage.records, {
          partialResponses: true,
          bisectBatchOnFunctionError,
          sandbox: () => router,
        });
        const starts = stage.records.map(() => 0);
        for (const index of stage.indexesOf('start')) starts[index] = (starts[index] ?? 0) + 1;
        let failingBefore = 0;
        const tooOften = scenario.plan.records.filter(({ failures }, index) => {
          // Each bit stands for an attempt that fails.
          const own = failures.toString(2).replaceAll('0', '').length;
          const most = 1 + own + failingBefore;
          if (own > 0) failingBefore++;
          return (starts[index] ?? 0) > most;
        });
        expect(tooOften).toEqual([]);
      }),
      runs(40),
    );
  },
  PROPERTY_TIMEOUT_MS,
);
