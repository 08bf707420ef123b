import type { DynamoDBBatchResponse } from 'aws-lambda';
import { expect, test } from 'vitest';
import { batchSettings } from '../../src/batch/options.ts';
import { batchProcessor, processEvent } from '../../src/batch/process-event.ts';
import { ReportedCheckpoints } from '../../src/batch/reported-checkpoints.ts';
import { defineTable } from '../../src/table/define-table.ts';
import { itemOf } from '../../src/table/item-of.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

/**
 * ```
 * sandbox 1: [x fails, a1, a2]   a1 and a2 succeed past the checkpoint
 * sandbox 2: [x fails, a1]       fails sooner: a1 is repeated, a2 not reached
 * sandbox 1: [x, ...]            whether a2 is handled again decides which state of a is the last one
 * ```
 */
async function lastHandledOf(
  sandboxes: readonly [ReportedCheckpoints, ReportedCheckpoints],
): Promise<string | undefined> {
  const { Records } = eventOf({ id: 'x' }, { id: 'a' }, { id: 'a' });
  const processor = batchProcessor(batchSettings('test', { logger: memoryLogger() }, undefined));
  const handled: string[] = [];
  const attempt = (sandbox: ReportedCheckpoints, x: () => Promise<void>): Promise<DynamoDBBatchResponse> =>
    processEvent(processor, { Records }, contextOf(), sandbox, async ({ sequenceNumber }) => {
      if (sequenceNumber === sequenceNumberAt(0)) return x();
      await new Promise((resolve) => setImmediate(resolve));
      handled.push(sequenceNumber);
    });
  const fail = (): never => {
    throw new Error('not yet');
  };
  const failed = { batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] };

  const late = attempt(sandboxes[0], async () => {
    while (handled.length < 2) await new Promise((resolve) => setImmediate(resolve));
    fail();
  });
  expect(await late).toEqual(failed);
  expect(await attempt(sandboxes[1], async () => fail())).toEqual(failed);
  expect(handled).toEqual([1, 2, 1].map(sequenceNumberAt));
  expect(await attempt(sandboxes[0], async () => {})).toEqual({ batchItemFailures: [] });
  return handled.at(-1);
}

test('a sandbox that missed an attempt still handles the newest change of an item last', async () => {
  expect(await lastHandledOf([new ReportedCheckpoints(), new ReportedCheckpoints()])).toBe(
    sequenceNumberAt(2),
  );
});

test.each(['partition', 'shard'] as const)(
  'also when the newest change of the item is not the newest of its lane: order %s',
  async (order) => {
    const table = defineTable({
      name: 'Invoices',
      item: itemOf<{ id: string; line: string }>(),
      keys: ['id', 'line'],
      viewType: 'KEYS_ONLY',
    });
    const event = eventOf({ id: 'a' }, { id: 'a' }, { id: 'a' }, { id: 'a' });
    for (const [index, line] of ['x', 'x', 'y', 'z'].entries()) {
      Object.assign(event.Records[index]?.dynamodb ?? {}, { Keys: { id: { S: 'a' }, line: { S: line } } });
    }
    const settings = batchSettings(
      'test',
      { logger: memoryLogger(), order, partialResponses: false },
      table as never,
    );
    const handled: string[] = [];
    const attempt = (sandbox: ReportedCheckpoints, failsAt?: number): Promise<unknown> =>
      processEvent(batchProcessor(settings), event, contextOf(), sandbox, async ({ sequenceNumber }) => {
        if (failsAt !== undefined && sequenceNumber === sequenceNumberAt(failsAt)) throw new Error('not yet');
        handled.push(sequenceNumber);
      });
    const sandbox = new ReportedCheckpoints();

    await expect(attempt(sandbox, 3)).rejects.toMatchObject({ code: 'BATCH_FAILED' });
    // Another sandbox gets no further than the first record of x, after this one got beyond the second.
    await expect(attempt(new ReportedCheckpoints(), 1)).rejects.toMatchObject({ code: 'BATCH_FAILED' });
    await attempt(sandbox);

    expect(handled).toEqual([0, 1, 2, 0, 0, 1, 2, 3].map(sequenceNumberAt));
  },
);
