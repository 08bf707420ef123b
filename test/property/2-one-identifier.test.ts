import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchSummary } from '../../src/index.ts';
import { PROPERTY_TIMEOUT_MS, playOnce, runs, scenarios } from '../fixtures/play.ts';
import { sequenceNumberOf } from '../fixtures/stage.ts';

test(
  'the response names the lowest record that fails, exactly, and nothing else',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios(), async (scenario) => {
        const { stage, response } = await playOnce(scenario);
        // All before the lowest failure succeed, so it always starts: which one that is does not depend on timing.
        const lowest = scenario.plan.records.findIndex(({ failures }) => failures > 0);
        const itemIdentifier = sequenceNumberOf(stage.records[lowest]);
        expect(response).toEqual({ batchItemFailures: lowest === -1 ? [] : [{ itemIdentifier }] });
      }),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);

test(
  'the summary counts what the response stands for',
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ maxRecords: 100 }), async (scenario) => {
        const summaries: BatchSummary[] = [];
        const { stage, response } = await playOnce(scenario, {
          onBatch: (summary) => void summaries.push(summary),
        });
        expect(summaries).toHaveLength(1);
        expect(summaries[0]).toMatchObject({
          records: stage.records.length,
          succeeded: stage.indexesOf('success').length,
          deadLettered: 0,
          failed: stage.indexesOf('failure').length,
          checkpoint: response.batchItemFailures[0]?.itemIdentifier,
        });
      }),
      runs(60),
    );
  },
  PROPERTY_TIMEOUT_MS,
);
