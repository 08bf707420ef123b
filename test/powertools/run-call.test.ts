import { describe, expect, test } from 'vitest';
import { ReportedCheckpoints } from '../../src/batch/reported-checkpoints.ts';
import { Call } from '../../src/powertools/call.ts';
import { OrderedStreamProcessor } from '../../src/powertools/index.ts';
import { type OrderedStreamProcessorOptions, processorSettings } from '../../src/powertools/options.ts';
import { recordHooks } from '../../src/powertools/record-hooks.ts';
import { runCall } from '../../src/powertools/run-call.ts';
import { eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';
import { UNFINISHED } from '../fixtures/unfinished.ts';

const ids = (...items: readonly string[]) => eventOf(...items.map((id) => ({ id }))).Records as never[];

function run(input: Partial<Call['input']>, options: OrderedStreamProcessorOptions = {}, prepare = () => {}) {
  const given = { logger: memoryLogger(), ...options };
  const processor = Object.assign(new OrderedStreamProcessor(given), { prepare });
  const settings = processorSettings(given);
  const call = new Call({}, { handler: () => {}, options: undefined, records: ids('a', 'b'), ...input });
  const hooks = recordHooks(processor, OrderedStreamProcessor.prototype, settings);
  return { call, ran: runCall(processor, call, { settings, hooks, reported: new ReportedCheckpoints() }) };
}

describe('a call', () => {
  test('has its itemFailures once its records have settled', async () => {
    const { call, ran } = run({
      handler: (record: { dynamodb: { SequenceNumber: string } }) => {
        if (record.dynamodb.SequenceNumber === sequenceNumberAt(1)) throw new Error('no');
      },
    });
    const { itemFailures, deadline } = await ran;
    expect(call.itemFailures).toBe(itemFailures);
    expect(itemFailures.failures([])).toEqual([{ itemIdentifier: sequenceNumberAt(1) }]);
    expect(deadline.leftMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('runs one by one with processInParallel: false', async () => {
    let [running, most] = [0, 0];
    const handler = async () => {
      most = Math.max(most, ++running);
      await undefined;
      running--;
    };
    await run({ handler }).ran;
    expect(most).toBe(2);
    most = 0;
    await run({ handler, options: { processInParallel: false } }).ran;
    expect(most).toBe(1);
  });

  test.each<[what: string, input: object, options: object, error: object]>([
    ['without a handler', { handler: undefined }, {}, { code: 'INVALID_HANDLER' }],
    ['without records', { records: undefined }, {}, { code: 'NOT_A_STREAM_EVENT' }],
    [
      'without the partition key',
      {},
      { order: 'partition', partitionKey: 'other' },
      { code: 'KEYS_MISMATCH', owner: 'OrderedStreamProcessor' },
    ],
  ])('%s is refused, and has no itemFailures', async (_, input, options, error) => {
    const { call, ran } = run(input, options);
    await expect(ran).rejects.toMatchObject(error);
    expect(call.itemFailures).toBeUndefined();
  });

  test.each(UNFINISHED)('whose prepare returns %s handles nothing', async (_, made) => {
    const handled: unknown[] = [];
    const { ran } = run({ handler: () => handled.push(1) }, {}, made as () => void);
    await expect(ran).rejects.toMatchObject({ code: 'INVALID_RESULT', owner: 'OrderedStreamProcessor' });
    expect(handled).toEqual([]);
  });
});
