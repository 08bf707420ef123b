import { describe, expect, test } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import type { ReportableRecord } from '../../src/batch/event.ts';
import { answerCall, reportWholeBatch } from '../../src/powertools/answer.ts';
import { BatchItemFailures } from '../../src/powertools/batch-item-failures.ts';
import { Call } from '../../src/powertools/call.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

const records = eventOf({}, {}, {}).Records as ReportableRecord[];
const identifiers = records.map((_, index) => sequenceNumberAt(index));
const naming = (index: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(index) }] });

/** Answers a call whose second record failed. */
function answer(clean: (processor: OrderedStreamProcessor) => unknown, remainingMs = 30_000) {
  const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
  Object.assign(processor, { clean: () => clean(processor) });
  const call = new Call({}, { handler: () => {}, options: undefined, records: records as never[] });
  call.add(records[0], ['success', 1, records[0] as never]);
  const deadline = new Deadline(contextOf(remainingMs), 0);
  const answered = answerCall(processor, call, new BatchItemFailures(records, identifiers, 1), deadline);
  return { processor, answered };
}

const set = (processor: OrderedStreamProcessor, response: unknown): void => {
  Object.assign(processor, { batchResponse: response });
};

describe('the response', () => {
  test('names the lowest record that did not succeed, where clean does nothing', async () => {
    const { processor, answered } = answer(() => {});
    expect(await answered).toEqual([['success', 1, records[0]]]);
    expect(processor.response()).toEqual(naming(1));
  });

  test('may name an earlier record, and is one record even so', async () => {
    const { processor, answered } = answer((it) =>
      set(it, { batchItemFailures: [...naming(2).batchItemFailures, ...naming(0).batchItemFailures] }),
    );
    await answered;
    expect(processor.response()).toEqual(naming(0));
  });

  test.each<[what: string, response: unknown]>([
    ['a later record', naming(2)],
    ['no record', { batchItemFailures: [] }],
    ['a record of another batch', { batchItemFailures: [{ itemIdentifier: '1' }] }],
    ['no list', {}],
    ['no response', undefined],
  ])('that an override makes of %s is refused, and stays right', async (_, response) => {
    const { processor, answered } = answer((it) => set(it, response));
    await expect(answered).rejects.toMatchObject({
      code: 'INVALID_OVERRIDE',
      owner: 'OrderedStreamProcessor',
    });
    expect(processor.response()).toEqual(naming(1));
  });

  test('stays right when clean throws', async () => {
    const no = new Error('no');
    const { processor, answered } = answer(() => {
      throw no;
    });
    await expect(answered).rejects.toBe(no);
    expect(processor.response()).toEqual(naming(1));
  });

  test('waits for clean, but no longer than half of the time that is left', async () => {
    let cleaned = false;
    const { answered } = answer(async () => {
      await undefined;
      cleaned = true;
    });
    await answered;
    expect(cleaned).toBe(true);
    const { processor, answered: late } = answer(() => new Promise(() => {}), 20);
    await late;
    expect(processor.response()).toEqual(naming(1));
  });

  test('of a batch of which nothing was handled is a failure of all', () => {
    const processor = new OrderedStreamProcessor({ logger: memoryLogger() });
    reportWholeBatch(processor);
    expect(processor.response()).toEqual({ batchItemFailures: [{ itemIdentifier: '' }] });
  });
});
