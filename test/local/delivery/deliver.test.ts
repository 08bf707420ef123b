import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { deliverBatch } from '../../../src/delivery/deliver-batch.ts';
import type { InvocationOutcome } from '../../../src/delivery/invoke.ts';
import { queued } from '../../../src/delivery/queued-record.ts';
import { slotOf } from '../../../src/delivery/slot-of.ts';
import { TumblingWindows } from '../../../src/delivery/tumbling-window.ts';
import { type DeliveryTools, deliver } from '../../../src/local/delivery/deliver.ts';
import { DeliveryControl } from '../../../src/local/delivery/delivery-control.ts';
import { Notifier } from '../../../src/local/delivery/notifier.ts';
import { RecursiveLoopDetector } from '../../../src/local/delivery/recursive-loop.ts';
import { MappingEmitter } from '../../../src/local/mapping-events.ts';
import { emptyTally } from '../../../src/local/statistics.ts';
import { quietLogger } from '../../fixtures/quiet-logger.ts';

/** Delivers records with these sequence numbers; the function answers each invocation in turn. */
async function run(
  sequenceNumbers: string[],
  answers: InvocationOutcome[],
  {
    window = 0,
    bisect = false,
    maximumRetryAttempts = 0,
    retryDelayMs = (): number => 0,
    control = new DeliveryControl(),
    signal = new AbortController().signal,
    onEvent = (_event: string, _requestId: string): void => {},
  } = {},
) {
  const emitter = new MappingEmitter(quietLogger());
  const log: string[] = [];
  const events: string[] = [];
  const requests: string[] = [];
  let requestIds = 0;
  for (const name of ['invocation', 'split', 'discard', 'checkpoint'] as const) {
    emitter.on(name, ({ requestId }: { readonly requestId: string }) =>
      requests.push(`${name} ${requestId}`),
    );
  }
  emitter.on('invocation', ({ outcome, attempt }) => log.push(`${outcome} ${attempt}`));
  emitter.on('retry', ({ reason }) => log.push(`retry ${reason}`));
  emitter.on('windowClosed', ({ outcome }) => log.push(`window ${outcome}`));
  emitter.on('checkpoint', ({ sequenceNumber, position }) =>
    log.push(`checkpoint ${sequenceNumber} ${position}`),
  );
  emitter.on('retry', ({ requestId }) => queueMicrotask(() => onEvent('retry', requestId)));
  const tools: DeliveryTools = {
    streamArn: 'arn:stream',
    invoke: async (event) => {
      events.push(event);
      return answers.shift() ?? { type: 'returned', response: null };
    },
    sendOnFailure: undefined,
    settings: {
      maximumRetryAttempts,
      maximumRecordAgeInSeconds: -1,
      bisectBatchOnFunctionError: bisect,
      reportBatchItemFailures: true,
      functionArn: 'arn:function',
      retryDelayMs,
      now: Date.now,
      requestId: () => `request-${++requestIds}`,
    },
    emitter,
    tally: emptyTally(),
    recursiveLoop: new RecursiveLoopDetector({ now: Date.now, onFound() {} }),
    control,
    onResult: (result) => log.push(result),
  };
  const batch = sequenceNumbers.map((SequenceNumber) => queued({ dynamodb: { SequenceNumber } }, 1));
  const records = batch.map(({ record }) => record);
  const shard = { streamArn: 'arn:stream', shardId: 's' };
  const windows = new TumblingWindows({ ...tools.settings, ...shard, tumblingWindowInSeconds: window || 1 });
  const common = { shardId: 's', slot: 0, commit: async () => 'position', signal };
  const decisions =
    window > 0 ? windows.deliver(records) : deliverBatch({ ...shard, records }, tools.settings);
  const delivered = await deliver({ ...common, batch, decisions }, tools);
  if (window > 0) await deliver({ ...common, batch: [], decisions: windows.close() }, tools);
  return { log, events, requests, delivered, tally: tools.tally };
}

test('a throttled invocation uses up no retry, and is counted apart', async () => {
  const { log, tally, delivered } = await run(['1'], [{ type: 'throttled', error: new Error('429') }]);
  expect(log).toEqual([
    'PROBLEM: Function call failed',
    'throttled 1',
    'retry throttled',
    'OK',
    'succeeded 1',
    'checkpoint 1 position',
  ]);
  expect(tally).toMatchObject({ invocations: 1, throttledInvocations: 1, retries: 1, lagMs: undefined });
  expect(delivered).toBe(true);
});

test('a stopped delivery invokes nothing', async () => {
  const { events, delivered } = await run(['1'], [], { signal: AbortSignal.abort() });
  expect(events).toEqual([]);
  expect(delivered).toBe(false);
});

describe('the commands of the live console', () => {
  const failed: InvocationOutcome = { type: 'failed' };
  const slow = { maximumRetryAttempts: -1, retryDelayMs: () => 3_600_000 };

  test('retry a batch now', async () => {
    const control = new DeliveryControl();
    const { log } = await run(['1'], [failed], {
      ...slow,
      control,
      onEvent: (_, requestId) => void control.retryNow(requestId),
    });
    expect(log.slice(-3)).toEqual(['OK', 'succeeded 2', 'checkpoint 1 position']);
  });

  test('skip a batch: it is discarded, and the checkpoint moves past it', async () => {
    const control = new DeliveryControl();
    const { events, requests, tally } = await run(['1', '2'], [failed], {
      ...slow,
      control,
      onEvent: (_, requestId) => void control.skip(requestId),
    });
    expect(events).toHaveLength(1);
    expect(requests.slice(-2)).toEqual(['discard request-1', 'checkpoint request-1']);
    expect(tally).toMatchObject({ recordsDiscarded: 2, invocations: 1 });
  });

  test('step through a batch and its halves: one invocation for each', async () => {
    const control = new DeliveryControl();
    control.pause();
    const delivering = run(['1', '2'], [failed], { bisect: true, control });
    for (let invocations = 0; invocations < 3; invocations++) {
      await sleep(5);
      control.step();
    }
    expect((await delivering).log).toEqual([
      'PROBLEM: Function call failed',
      'failed 1',
      'OK',
      'succeeded 1',
      'checkpoint 1 position',
      'OK',
      'succeeded 1',
      'checkpoint 2 position',
    ]);
  });

  test('pause a batch until the mapping stops', async () => {
    const control = new DeliveryControl();
    const stopping = new AbortController();
    control.pause();
    const delivering = run(['1'], [], { control, signal: stopping.signal });
    await sleep(5);
    stopping.abort();
    expect(await delivering).toMatchObject({ events: [], delivered: false });
  });
});

test('each event names the invocation that it comes of', async () => {
  const failed: InvocationOutcome = { type: 'failed' };
  const { requests } = await run(['1', '2'], [failed, { type: 'returned', response: null }, failed], {
    bisect: true,
  });
  expect(requests).toEqual([
    'invocation request-1',
    'split request-1',
    'invocation request-2',
    'checkpoint request-2',
    'invocation request-3',
    'discard request-3',
    'checkpoint request-3',
  ]);
});

describe('a tumbling window', () => {
  const stateful: InvocationOutcome = { type: 'returned', response: { state: { n: 1 } } };

  test('is in the event, and closes with a final invocation', async () => {
    const { events, log } = await run(['1'], [stateful, stateful], { window: 60 });
    expect(JSON.parse(events[0] ?? '')).toMatchObject({
      state: {},
      isFinalInvokeForWindow: false,
      shardId: 's',
    });
    expect(JSON.parse(events[1] ?? '')).toMatchObject({
      Records: [],
      state: { n: 1 },
      isFinalInvokeForWindow: true,
    });
    expect(log.slice(-3)).toEqual(['OK', 'succeeded 1', 'window succeeded']);
  });

  test('whose final invocation fails is discarded', async () => {
    const { log } = await run(['1'], [stateful, { type: 'failed' }], { window: 60 });
    expect(log.slice(-3)).toEqual(['PROBLEM: Function call failed', 'failed 1', 'window discarded']);
  });
});

describe('slots', () => {
  const record = (sk: string) => ({ dynamodb: { Keys: { pk: { S: 'one' }, sk: { S: sk } } } });

  test('an item has one of them, and the items of one partition key use them all', () => {
    const slots = Array.from({ length: 100 }, (_, index) => slotOf(record(`${index}`), 10));
    expect(new Set(slots)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(slotOf(record('7'), 10)).toBe(slots[7]);
  });

  test('numbered items do not come in clumps of one slot', () => {
    let longest = 0;
    let run = 0;
    let last = -1;
    for (let index = 0; index < 2_000; index++) {
      const Keys = { pk: { S: `${index % 7}` }, sk: { S: `${index}`.padStart(4, '0') } };
      const slot = slotOf({ dynamodb: { Keys } }, 2);
      run = slot === last ? run + 1 : 1;
      last = slot;
      longest = Math.max(longest, run);
    }
    // A fair coin has runs of 11 or so in 2,000 throws.
    expect(longest).toBeLessThan(20);
  });

  test('the order of the attributes in Keys makes no difference', () => {
    for (let index = 0; index < 100; index++) {
      const one = record(`${index}`);
      const { pk, sk } = one.dynamodb.Keys;
      expect(slotOf({ dynamodb: { Keys: { sk, pk } } }, 10)).toBe(slotOf(one, 10));
    }
  });

  test('records without keys share one', () => {
    expect(slotOf({}, 10)).toBe(slotOf({ dynamodb: {} }, 10));
  });
});

test('a notifier does not wait once the signal has aborted', async () => {
  await new Notifier().notified(AbortSignal.abort());
});
