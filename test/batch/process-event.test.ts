import { describe, expect, test, vi } from 'vitest';
import { type BatchOptions, batchSettings } from '../../src/batch/options.ts';
import { batchProcessor, type HandleRecord, processEvent } from '../../src/batch/process-event.ts';
import { ReportedCheckpoints } from '../../src/batch/reported-checkpoints.ts';
import { BatchFailedError, ConfigurationError } from '../../src/errors.ts';
import { defineTable, itemOf, type Table } from '../../src/index.ts';
import { scriptedContext } from '../fixtures/clocks.ts';
import { contextOf, eventOf, memoryLogger, sequenceNumberAt } from '../fixtures/events.ts';

function processorOf(options: BatchOptions = {}, table?: Table<never>) {
  return batchProcessor(batchSettings('test', { logger: memoryLogger(), ...options }, table as never));
}

function process(
  event: unknown,
  handle: HandleRecord,
  options?: BatchOptions,
  reported = new ReportedCheckpoints(),
) {
  return processEvent(processorOf(options), event, contextOf(), reported, handle);
}

test('handlers get the record and the context of the invocation', async () => {
  const context = scriptedContext(5000);
  const processor = processorOf();
  const handle: HandleRecord = (record, given) => {
    expect(record.keys).toEqual({ id: 'a' });
    expect(given.lambdaContext).toBe(context);
    expect(given.logger).toBe(processor.settings.logger);
    expect(given.getRemainingTimeInMillis()).toBe(5000);
    expect(given.signal.aborted).toBe(false);
  };
  const response = await processEvent(
    processor,
    eventOf({ id: 'a' }),
    context,
    new ReportedCheckpoints(),
    handle,
  );
  expect(response).toEqual({ batchItemFailures: [] });
});

test('without a Lambda context, as in tests, there is time without end', async () => {
  const handle: HandleRecord = (_record, { getRemainingTimeInMillis }) => {
    expect(getRemainingTimeInMillis()).toBe(Number.POSITIVE_INFINITY);
  };
  const response = await processEvent(
    processorOf(),
    eventOf({}),
    undefined,
    new ReportedCheckpoints(),
    handle,
  );
  expect(response).toEqual({ batchItemFailures: [] });
});

test('a fault of the event as a whole throws before any handler has run', () => {
  const handle = (): never => expect.unreachable();
  expect(() => process({}, handle)).toThrow(expect.objectContaining({ code: 'NOT_A_STREAM_EVENT' }));
  expect(() => process(eventOf({}, { viewType: 'KEYS_ONLY' }), handle)).toThrow(ConfigurationError);
});

describe('numbers', () => {
  test.each([
    ['number', 12345678901234567890n],
    ['string', '12345678901234567890'],
    ['exact', expect.objectContaining({ value: '12345678901234567890' })],
    [(text: string) => text.length, 20],
  ] as const)('%s gives %o', async (numbers, expected) => {
    const event = eventOf({ newImage: { total: { N: '12345678901234567890' } } });
    const seen: unknown[] = [];
    await process(event, ({ newImage }) => void seen.push((newImage as { total: unknown }).total), {
      numbers,
    });
    expect(seen).toEqual([expected]);
  });

  test('a policy that cannot be loaded throws at the event, and not before', async () => {
    vi.doMock('@aws-sdk/util-dynamodb', () => {
      throw new Error('not installed');
    });
    const processor = processorOf({ numbers: 'exact' });
    // Time for an unhandled rejection to show.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const invocation = processEvent(processor, eventOf({}), contextOf(), new ReportedCheckpoints(), () => {});
    await expect(invocation).rejects.toMatchObject({ code: 'MISSING_PEER' });
    vi.doUnmock('@aws-sdk/util-dynamodb');
  });
});

describe.each([true, false])(
  'a batch that begins with the reported record, partialResponses: %s',
  (partialResponses) => {
    const event = eventOf({ id: 'x' }, { id: 'a' }, { id: 'b' });

    /** Handles the batch until it succeeds; x fails this many times. */
    async function attempts(failures: number): Promise<string[][]> {
      const reported = new ReportedCheckpoints();
      const handled: string[][] = [];
      for (let attempt = 0; attempt <= failures; attempt++) {
        const started: string[] = [];
        const handle: HandleRecord = async ({ keys }) => {
          started.push(String(keys.id));
          await new Promise((resolve) => setImmediate(resolve));
          if (keys.id === 'x' && attempt < failures) throw new Error('not yet');
        };
        const answer = await process(event, handle, { partialResponses }, reported).catch(
          (error: unknown) => error,
        );
        handled.push(started);
        if (attempt === failures) expect(answer).toEqual({ batchItemFailures: [] });
        else if (partialResponses)
          expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumberAt(0) }] });
        else expect(answer).toBeInstanceOf(BatchFailedError);
      }
      return handled;
    }

    test('repeats nothing while that record fails, and skips nothing once it succeeds', async () => {
      expect(await attempts(3)).toEqual([['x', 'a', 'b'], ['x'], ['x'], ['x', 'a', 'b']]);
    });
  },
);

test('a declared table keeps a lane per item, not per partition key', async () => {
  const table = defineTable({
    name: 'Invoices',
    item: itemOf<{ pk: string; sk: string }>(),
    keys: ['pk', 'sk'],
  });
  const event = eventOf({}, {});
  for (const [index, { dynamodb }] of event.Records.entries()) {
    if (dynamodb) dynamodb.Keys = { pk: { S: 'one' }, sk: { S: `${index}` } };
  }
  let inFlight = 0;
  let most = 0;
  const handle: HandleRecord = async () => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight--;
  };
  await processEvent(processorOf({}, table as never), event, contextOf(), new ReportedCheckpoints(), handle);
  expect(most).toBe(2);
  await processEvent(
    processorOf({ order: 'partition' }, table as never),
    event,
    contextOf(),
    new ReportedCheckpoints(),
    handle,
  );
  expect(most).toBe(2);
});
