import { describe, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/batch/deadline.ts';
import type { ReportableRecord } from '../../src/batch/event.ts';
import type { Order } from '../../src/batch/lane-index.ts';
import type { Outcome } from '../../src/batch/outcome.ts';
import { BatchRun } from '../../src/batch/run.ts';
import { RecordState } from '../../src/record/record-state.ts';
import { scriptedContext } from '../fixtures/clocks.ts';
import { contextOf, recordOf } from '../fixtures/events.ts';

interface Play {
  ids?: string;
  handle(index: number): unknown;
  order?: Order;
  concurrency?: number;
  deadline?: Deadline;
  firstAlone?: boolean;
}

/** Runs records with these ids, one letter each. */
async function play(played: Play) {
  const { ids = 'abc', handle, order = 'item', concurrency = 10, deadline, firstAlone = false } = played;
  const records = [...ids].map((id, index) => recordOf({ id }, index) as ReportableRecord);
  const started: number[] = [];
  const failures: [number, unknown][] = [];
  const outcome = await new BatchRun(
    records,
    { order, concurrency, partitionKey: undefined, firstAlone },
    deadline ?? new Deadline(undefined, 1000),
    {
      handle(record) {
        const index = records.indexOf(record);
        started.push(index);
        return handle(index);
      },
      failed: (index, error) => void failures.push([index, error]),
    },
  ).run();
  return { outcome, started, failures, states: statesOf(outcome) };
}

function statesOf({ states }: Outcome): string {
  const names = Object.entries(RecordState);
  return [...states].map((state) => names.find(([, value]) => value === state)?.[0][0]).join('');
}

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function fail(reason: unknown): never {
  throw reason;
}

test('no records, no failure', async () => {
  const { outcome } = await play({ ids: '', handle: () => {} });
  expect(outcome).toMatchObject({ checkpoint: 0, succeeded: 0, failed: 0 });
});

describe.each([
  ['synchronous', (result?: () => unknown) => result?.()],
  ['asynchronous', (result?: () => unknown) => later().then(result)],
])('%s handlers', (_, answer) => {
  test('all succeed', async () => {
    const { outcome, started, states } = await play({ handle: () => answer() });
    expect(started).toEqual([0, 1, 2]);
    expect(states).toBe('sss');
    expect(outcome).toMatchObject({ checkpoint: 3, succeeded: 3, failed: 0, error: undefined });
  });

  test.each([undefined, null, 0, '', false, new Error('boom')])('%s thrown is a failure', async (thrown) => {
    const { outcome, failures } = await play({
      ids: 'aaa',
      handle: (index) => answer(() => index === 1 && fail(thrown)),
    });
    expect(outcome).toMatchObject({ checkpoint: 1, succeeded: 1, failed: 1, error: thrown });
    expect(failures).toEqual([[1, thrown]]);
  });
});

test('no record after a failure starts, records before it in other lanes do', async () => {
  const { started, states } = await play({
    ids: 'aabc',
    concurrency: 2,
    // The first record of a takes longer than the failure of b.
    handle: async (index) => {
      if (index === 2) fail('b');
      await later();
    },
  });
  expect(started).toEqual([0, 2, 1]);
  expect(states).toBe('ssfp');
});

test('the lowest of several failures is the checkpoint, and its reason the error, whichever came first', async () => {
  const { outcome, failures } = await play({
    handle: async (index) => {
      if (index === 0) await later();
      fail(`reason ${index}`);
    },
  });
  expect(failures.map(([index]) => index)).toEqual([1, 2, 0]);
  expect(outcome).toMatchObject({ checkpoint: 0, failed: 3, error: 'reason 0' });
});

test('handlers that answer synchronously run inside lanes as well', async () => {
  const { started, states } = await play({
    ids: 'ababa',
    concurrency: 2,
    handle: (index) => (index === 0 ? later() : index),
  });
  expect(started).toEqual([0, 1, 3, 2, 4]);
  expect(states).toBe('sssss');
});

test('by shard one record runs at a time, whatever the concurrency', async () => {
  let inFlight = 0;
  const { started } = await play({
    ids: 'abcd',
    order: 'shard',
    handle: async () => {
      expect(++inFlight).toBe(1);
      await later();
      inFlight--;
    },
  });
  expect(started).toEqual([0, 1, 2, 3]);
});

describe('thenables that are no promises', () => {
  test('are waited for, and fail when they reject or throw', async () => {
    const { states } = await play({
      handle: (index) => ({
        // biome-ignore lint/suspicious/noThenProperty: the test is about thenables
        then(resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
          if (index === 0) setImmediate(resolve);
          if (index === 1) reject(undefined);
          if (index === 2) fail(null);
        },
      }),
    });
    expect(states).toBe('sff');
  });

  test('fail when their then cannot be read', async () => {
    const { states } = await play({
      handle: () => ({
        // biome-ignore lint/suspicious/noThenProperty: the test is about thenables
        get then(): never {
          return fail('unreadable');
        },
      }),
    });
    expect(states).toBe('fpp');
  });
});

describe.each([
  ['synchronous', () => {}],
  ['asynchronous', later],
])('the first record alone, %s handlers', (_, answer) => {
  test('nothing past it starts until it has succeeded, then the others run side by side', async () => {
    const steps: string[] = [];
    const { states } = await play({
      ids: 'abc',
      firstAlone: true,
      handle: async (index) => {
        steps.push(`start ${index}`);
        await answer();
        steps.push(`end ${index}`);
      },
    });
    expect(steps).toEqual(['start 0', 'end 0', 'start 1', 'start 2', 'end 1', 'end 2']);
    expect(states).toBe('sss');
  });

  test('nothing past it starts when it fails', async () => {
    const { started, states } = await play({
      firstAlone: true,
      handle: () => (answer === later ? later().then(() => fail('again')) : fail('again')),
    });
    expect(started).toEqual([0]);
    expect(states).toBe('fpp');
  });

  test('later changes of its item stay in order', async () => {
    const { started } = await play({ ids: 'aab', firstAlone: true, handle: () => answer() });
    expect(started).toEqual([0, 1, 2]);
  });

  test('the deadline is kept for it and for what follows', async () => {
    const deadline = (): Deadline => new Deadline(contextOf(1020), 1000);
    const hangs = (at: number) => (index: number) => (index === at ? new Promise(() => {}) : answer());
    const first = await play({ firstAlone: true, deadline: deadline(), handle: hangs(0) });
    expect(first.started).toEqual([0]);
    expect(first.states).toBe('ppp');
    const second = await play({ firstAlone: true, deadline: deadline(), handle: hangs(1) });
    expect(second.states).toBe('sps');
  });
});

describe('the deadline', () => {
  test('stops synchronous handlers', async () => {
    const context = scriptedContext(1010);
    const { outcome, started } = await play({
      ids: 'aaaa',
      deadline: new Deadline(context, 1000),
      handle: () => context.advance(6),
    });
    expect(started).toEqual([0, 1]);
    expect(outcome).toMatchObject({ checkpoint: 2, succeeded: 2, failed: 0 });
  });

  test('stops lanes between two records', async () => {
    const context = scriptedContext(600_000);
    const { started, states } = await play({
      ids: 'aab',
      concurrency: 2,
      deadline: new Deadline(context, 1000),
      handle: async () => {
        await later();
        context.advance(600_000);
      },
    });
    expect(started).toEqual([0, 2]);
    expect(states).toBe('sps');
  });

  test('answers without those that hang; what they do later changes nothing', async () => {
    const settle: (() => void)[] = [];
    const { outcome, failures } = await play({
      ids: 'abcd',
      deadline: new Deadline(contextOf(1010), 1000),
      handle: (index) =>
        index === 1
          ? undefined
          : new Promise((resolve, reject) =>
              settle.push(index === 2 ? () => reject(new Error('late')) : () => resolve(1)),
            ),
    });
    const before = statesOf(outcome);
    for (const late of settle) late();
    await later();
    expect(statesOf(outcome)).toBe(before);
    expect(before).toBe('pspp');
    expect(failures).toEqual([]);
  });

  test('a failure after it has been noticed still gives the error', async () => {
    const context = scriptedContext(600_000);
    const { outcome } = await play({
      ids: 'aab',
      concurrency: 2,
      deadline: new Deadline(context, 1000),
      handle: async (index) => {
        await later();
        context.advance(600_000);
        if (index === 0) return;
        await later();
        fail('after');
      },
    });
    expect(statesOf(outcome)).toBe('spf');
    expect(outcome).toMatchObject({ checkpoint: 1, failed: 1, error: 'after' });
  });

  test('a clock that fails ends the run instead of hanging it', async () => {
    const clock = vi.fn(() => 600_000);
    const running = play({
      ids: 'aa',
      deadline: new Deadline({ getRemainingTimeInMillis: clock }, 1000),
      handle: async () => {
        await later();
        clock.mockImplementation(() => fail(new Error('no time')));
      },
    });
    await expect(running).rejects.toThrow('no time');
  });
});
