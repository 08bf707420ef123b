import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchFailedError, InvalidEventError } from '../../src/index.ts';
import { contextOf } from '../fixtures/events.ts';
import { PROPERTY_TIMEOUT_MS, playOnce, routerOf, runs, scenarios } from '../fixtures/play.ts';
import { Stage } from '../fixtures/stage.ts';

test(
  'every record below the checkpoint was handled to the end, whatever was thrown',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ oneFailureIn: 40 }), async (scenario) => {
        const { stage, checkpoint } = await playOnce(scenario);
        const succeeded = new Set(stage.indexesOf('success'));
        const unhandled = stage.records.slice(0, checkpoint).findIndex((_, index) => !succeeded.has(index));
        expect(unhandled).toBe(-1);
      }),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'a failure throws when it cannot be reported, with the thrown value as its cause',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 60 }), async (scenario) => {
        const lowest = scenario.plan.records.findIndex(({ failures }) => failures > 0);
        const outcome = await playOnce(scenario, { partialResponses: false }).then(
          ({ response }) => response,
          (error: unknown) => error,
        );
        if (lowest === -1) return void expect(outcome).toEqual({ batchItemFailures: [] });
        expect(outcome).toBeInstanceOf(BatchFailedError);
        expect((outcome as BatchFailedError).cause).toBe(scenario.plan.records[lowest]?.thrown);
      }),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'a record whose failure could not be reported throws before any handler has run',
  async () => {
    const unusable = fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'x',
      '12a',
      ' 1',
      7,
      '9'.repeat(41),
      {},
      '١',
    );
    await fc.assert(
      fc.asyncProperty(
        scenarios({ maxRecords: 60 }),
        fc.nat(),
        unusable,
        async (scenario, at, sequenceNumber) => {
          const stage = new Stage(scenario.plan);
          const broken = at % stage.records.length;
          const records = stage.records.map((record, index) =>
            index === broken
              ? { ...record, dynamodb: { ...record.dynamodb, SequenceNumber: sequenceNumber as string } }
              : record,
          );
          const invocation = routerOf(stage, scenario)({ Records: records }, contextOf());
          await expect(invocation).rejects.toBeInstanceOf(InvalidEventError);
          expect(stage.steps).toEqual([]);
        },
      ),
      runs(100),
    );
  },
  PROPERTY_TIMEOUT_MS,
);
