import { describe, expect, test } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import { validateEvent } from '../../src/batch/event.ts';
import { type BatchSummary, batchSettings } from '../../src/batch/options.ts';
import type { Outcome } from '../../src/batch/outcome.ts';
import { ReportedCheckpoints } from '../../src/batch/reported-checkpoints.ts';
import { type BatchWork, runBatch } from '../../src/batch/run-batch.ts';
import { eventOf } from '../fixtures/events.ts';

const EXPECTATION = { viewType: 'NEW_AND_OLD_IMAGES', keys: undefined } as const;

/** Runs the records of an event, and gives the outcome and the summaries. */
async function ran(event: object, work: Partial<BatchWork<Outcome>>) {
  const summaries: BatchSummary[] = [];
  const settings = batchSettings(
    'test',
    { logger: false, onBatch: (summary) => void summaries.push(summary) },
    undefined,
  );
  const timed = {
    startedAt: 0,
    batch: validateEvent(event, EXPECTATION),
    deadline: new Deadline(undefined, 1000),
  };
  const outcome = await runBatch(settings, timed, {
    order: 'item',
    concurrency: 10,
    partitionKey: undefined,
    reported: undefined,
    handle: () => {},
    answer: (decided) => decided,
    ...work,
  });
  return { outcome, summaries };
}

describe('every entry point runs its batch here', () => {
  test('the outcome that is decided is the one that is summarized, noted and given back', async () => {
    const reported = new ReportedCheckpoints();
    const event = eventOf({}, {}, {});
    const { outcome, summaries } = await ran(event, {
      reported,
      decide: (all) => ({ ...all, checkpoint: 0, succeeded: 0 }),
    });
    expect(outcome).toMatchObject({ checkpoint: 0, succeeded: 0 });
    expect(summaries).toMatchObject([{ records: 3, succeeded: 0 }]);
    expect(reported.startsBatch(validateEvent(event, EXPECTATION))).toBe(true);
  });

  test('a decision may take its time', async () => {
    const { outcome } = await ran(eventOf({}, {}), { decide: async (all) => ({ ...all, failed: 7 }) });
    expect(outcome).toMatchObject({ checkpoint: 2, succeeded: 2, failed: 7 });
  });

  test.each([
    [undefined, 1],
    [true, 1],
    [false, 0],
  ])('a batch without records is summarized unless its work says no: %s', async (summarizesEmpty, times) => {
    const { summaries } = await ran(
      { Records: [] },
      summarizesEmpty === undefined ? {} : { summarizesEmpty },
    );
    expect(summaries).toHaveLength(times);
  });
});
