import { getEventListeners } from 'node:events';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../../src/sinks/batcher/entry.ts';
import { type BatcherSettings, MicroBatcher } from '../../../src/sinks/batcher/micro-batcher.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { upTo } from '../sink-harness.ts';

interface Parcel {
  readonly bytes: number;
  readonly orderKey?: string;
  readonly n: number;
}

interface Sent {
  readonly numbers: readonly number[];
  readonly signal: AbortSignal;
  answer(refusals?: readonly (Refusal | undefined)[]): void;
  fail(error: unknown): void;
}

/** Waits until the batcher has done its work at the end of the turn. */
async function nextTurn(): Promise<void> {
  await endOfTurn();
  await endOfTurn();
}

/** A batcher whose requests a test answers by hand. */
function batcher(settings: Partial<BatcherSettings<Parcel>> = {}) {
  const sent: Sent[] = [];
  const batcher = new MicroBatcher<Parcel>({
    target: 'target',
    maxEntries: 10,
    maxBytes: 100,
    concurrency: 10,
    attempts: 3,
    requestTimeoutMs: 10_000,
    request: (parcels, signal) =>
      new Promise((resolve, fail) => {
        sent.push({
          numbers: parcels.map(({ n }) => n),
          signal,
          answer: (refusals = []) => resolve(refusals),
          fail,
        });
      }),
    ...settings,
  });
  const add = (n: number, more: Partial<Parcel> = {}, signal?: AbortSignal): Promise<void> =>
    batcher.add({ bytes: 1, n, ...more }, { signal });
  const numbers = (): readonly (readonly number[])[] => sent.map(({ numbers }) => numbers);
  return { add, sent, numbers, batcher };
}

const content = Object.assign(new Error('bad'), {
  name: 'InvalidParameter',
  $metadata: { httpStatusCode: 400 },
});

describe('a request leaves', () => {
  test('in the turn of its call, when nothing else is coming', async () => {
    const { add, numbers } = batcher();
    void add(1);
    await endOfTurn();
    expect(numbers()).toEqual([[1]]);
  });

  test('at once, though another one is under way', async () => {
    const { add, numbers } = batcher();
    void add(1);
    await nextTurn();
    void add(2);
    await nextTurn();
    expect(numbers()).toEqual([[1], [2]]);
  });

  test('with all calls of a turn, those of other microtasks too', async () => {
    const { add, numbers } = batcher();
    const lanes = upTo(3).map(async (lane) => {
      for (const _ of upTo(lane * 5)) await undefined;
      await add(lane);
    });
    void lanes;
    await nextTurn();
    expect(numbers()).toEqual([[0, 1, 2]]);
  });

  test('with the calls that its answer has brought about', async () => {
    const { add, sent, numbers } = batcher();
    const lanes = upTo(10).map(async (lane) => {
      for (const turn of upTo(3)) await add(turn * 10 + lane);
    });
    for (const turn of upTo(3)) {
      await nextTurn();
      sent[turn]?.answer();
    }
    await Promise.all(lanes);
    expect(numbers()).toEqual(upTo(3).map((turn) => upTo(10).map((lane) => turn * 10 + lane)));
  });

  test('when another one has ended, where no more may be under way', async () => {
    const { add, sent, numbers } = batcher({ concurrency: 1 });
    void add(1);
    await nextTurn();
    void add(2);
    await nextTurn();
    void add(3);
    await nextTurn();
    expect(numbers()).toEqual([[1]]);
    sent[0]?.answer();
    await nextTurn();
    expect(numbers()).toEqual([[1], [2, 3]]);
  });

  test('with as many bytes as it may have, and in the order of the calls', async () => {
    const { add, numbers } = batcher();
    for (const n of upTo(5)) void add(n, { bytes: 50 });
    await nextTurn();
    expect(numbers()).toEqual([[0, 1], [2, 3], [4]]);
  });

  test('alone, with an entry that is larger than a request of several may be', async () => {
    const { add, numbers } = batcher({ maxEntryBytes: 500 });
    void add(1);
    void add(2, { bytes: 500 });
    void add(3);
    await nextTurn();
    expect(numbers()).toEqual([[1], [2], [3]]);
  });
});

test('an entry that the answer says nothing bad of has been accepted', async () => {
  const { add, sent } = batcher();
  const calls = [add(1), add(2)];
  await nextTurn();
  sent[0]?.answer([undefined, { code: 'No', fault: 'message' }]);
  await expect(calls[0]).resolves.toBeUndefined();
  await expect(calls[1]).rejects.toThrow('No');
});

test('entries refused together are tried again together', async () => {
  const { add, sent, numbers } = batcher();
  for (const n of upTo(4)) void add(n);
  await nextTurn();
  const later: Refusal = { code: 'Later', fault: 'passing' };
  sent[0]?.answer([undefined, later, undefined, later]);
  await eventually(() => expect(sent).toHaveLength(2));
  expect(numbers()[1]).toEqual([1, 3]);
});

describe('of the entries with one key', () => {
  test('one is under way at a time', async () => {
    const { add, sent, numbers } = batcher();
    for (const n of upTo(4)) void add(n, { orderKey: `${n % 2}` });
    await nextTurn();
    expect(numbers()).toEqual([[0, 1]]);
    sent[0]?.answer();
    await nextTurn();
    expect(numbers()).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('the next goes when one was refused for good', async () => {
    const { add, sent, numbers } = batcher();
    const first = add(1, { orderKey: 'a' });
    void add(2, { orderKey: 'a' });
    await nextTurn();
    sent[0]?.answer([{ code: 'No', fault: 'message' }]);
    await expect(first).rejects.toThrow();
    await nextTurn();
    expect(numbers()).toEqual([[1], [2]]);
  });

  test('the next waits for the end of the request whose entry has met its deadline', async () => {
    const { add, sent, numbers } = batcher();
    const deadline = new AbortController();
    const calls = [
      add(1, { orderKey: 'a' }, deadline.signal),
      add(2, { orderKey: 'a' }, deadline.signal),
      add(3, { orderKey: 'a' }),
      add(4),
    ];
    await nextTurn();
    deadline.abort();
    await expect(calls[0]).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    await expect(calls[1]).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    await nextTurn();
    // The request goes on for entry 4, so entry 1 may be accepted yet.
    expect(sent[0]?.signal.aborted).toBe(false);
    expect(numbers()).toEqual([[1, 4]]);
    sent[0]?.answer();
    await calls[3];
    await nextTurn();
    expect(numbers()).toEqual([[1, 4], [3]]);
  });

  test('the next goes when one that waited to be sent has met its deadline', async () => {
    const { add, sent, numbers } = batcher({ concurrency: 1 });
    void add(0);
    await nextTurn();
    const first = add(1, { orderKey: 'a' }, AbortSignal.timeout(5));
    void add(2, { orderKey: 'a' });
    await expect(first).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    sent[0]?.answer();
    await nextTurn();
    expect(numbers()).toEqual([[0], [2]]);
  });

  test('the next goes at the deadline of one that waits to be tried again, and not after its wait', async () => {
    const { add, sent, numbers } = batcher({ attempts: 9 });
    const deadline = new AbortController();
    const first = add(1, { orderKey: 'a' }, deadline.signal);
    // Each wait is longer than the one before.
    for (let attempt = 0; attempt < 3; attempt++) {
      await eventually(() => expect(sent).toHaveLength(attempt + 1));
      sent[attempt]?.fail(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
    }
    await nextTurn();
    deadline.abort();
    await expect(first).rejects.toThrow('deadline');
    void add(2, { orderKey: 'a' });
    await nextTurn();
    expect(numbers().at(-1)).toEqual([2]);
    // The wait of the first one ends, and lets nothing else go.
    void add(3, { orderKey: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(numbers()).toEqual([[1], [1], [1], [2]]);
  });

  test('the next goes when one that waited to be tried again has met its deadline', async () => {
    const { add, sent, numbers } = batcher();
    const deadline = new AbortController();
    const first = add(1, { orderKey: 'a' }, deadline.signal);
    void add(2, { orderKey: 'a' });
    await nextTurn();
    sent[0]?.answer([{ code: 'Later', fault: 'passing' }]);
    await nextTurn();
    deadline.abort();
    await expect(first).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    await eventually(() => expect(numbers()).toEqual([[1], [2]]));
  });
});

describe('a request that was refused for one of its entries', () => {
  test('is made again in halves, until the entry is found', async () => {
    const { add, sent, numbers } = batcher({ concurrency: 1 });
    const calls = Promise.allSettled(upTo(5).map((n) => add(n)));
    for (let index = 0; index < 6; index++) {
      await nextTurn();
      const request = sent[index];
      if (request?.numbers.includes(3)) request.fail(content);
      else request?.answer();
    }
    expect((await calls).map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
    expect(numbers()).toEqual([[0, 1, 2, 3, 4], [0, 1, 2], [3, 4], [3], [4]]);
  });

  test('is not made again for entries that have met their deadline', async () => {
    const { add, sent, numbers } = batcher({ concurrency: 1 });
    const deadline = new AbortController();
    void add(0);
    void add(1);
    const late = add(2, {}, deadline.signal);
    await nextTurn();
    sent[0]?.fail(content);
    await nextTurn();
    deadline.abort();
    await expect(late).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    void add(3);
    sent[1]?.answer();
    await nextTurn();
    expect(numbers()).toEqual([[0, 1, 2], [0, 1], [3]]);
  });

  test('leaves out of its halves what has met its deadline before', async () => {
    const { add, sent, numbers } = batcher({ concurrency: 1 });
    const deadline = new AbortController();
    void add(9);
    await nextTurn();
    const late = Promise.allSettled(upTo(2).map((n) => add(n, {}, deadline.signal)));
    void add(2);
    void add(3);
    sent[0]?.answer();
    await nextTurn();
    sent[1]?.fail(content);
    deadline.abort();
    await late;
    await nextTurn();
    expect(numbers().slice(2)).toEqual([[2]]);
    sent[2]?.answer();
    await nextTurn();
    expect(numbers().slice(2)).toEqual([[2], [3]]);
  });
});

test('a client that ignores its signal holds no place', async () => {
  const { add, sent } = batcher({ concurrency: 1, requestTimeoutMs: 50, attempts: 1 });
  await expect(add(1)).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: true });
  const next = add(2);
  await eventually(() => expect(sent).toHaveLength(2));
  sent[1]?.answer();
  await next;
});

test('a signal is listened to once, whatever hangs on it, and not any longer than needed', async () => {
  const { add, sent } = batcher({ maxEntries: 1000, maxBytes: 1000 });
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const [add_, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...args: Parameters<typeof add_>) => {
    listeners++;
    add_(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  const calls = upTo(500).map((n) => add(n, {}, signal));
  expect(listeners).toBe(1);
  await nextTurn();
  sent[0]?.answer();
  await Promise.all(calls);
  expect(listeners).toBe(0);
});

describe('an error that may be the fault of the message or of the target', () => {
  const unproven = Object.assign(new Error('bad'), { name: 'Unheard', $metadata: { httpStatusCode: 400 } });
  const statusOf = async (calls: readonly Promise<void>[]): Promise<unknown[]> =>
    (await Promise.allSettled(calls)).map((call) =>
      call.status === 'rejected' ? call.reason.code : 'accepted',
    );

  test('is the fault of the target while nothing passes', async () => {
    const { add, sent } = batcher();
    const call = add(1);
    await nextTurn();
    sent[0]?.fail(unproven);
    await expect(call).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED', retryable: false });
    expect(sent).toHaveLength(1);
  });

  test('is the fault of the target, though something passed before', async () => {
    const { add, sent } = batcher();
    const first = add(1);
    await nextTurn();
    sent[0]?.answer();
    await first;
    const call = add(2);
    await nextTurn();
    sent[1]?.fail(unproven);
    await expect(call).rejects.toMatchObject({ code: 'SINK_REQUEST_FAILED' });
  });

  test('is the fault of the target where only requests pass that were made before it', async () => {
    const { add, sent } = batcher();
    const calls = [add(1)];
    await nextTurn();
    calls.push(add(2));
    await nextTurn();
    sent[1]?.fail(unproven);
    await nextTurn();
    sent[0]?.answer();
    expect(await statusOf(calls)).toEqual(['accepted', 'SINK_REQUEST_FAILED']);
  });

  test('is the fault of the message that fails again, alone, while later ones pass', async () => {
    const { add, sent, numbers } = batcher();
    const calls = [add(0)];
    await nextTurn();
    calls.push(add(1));
    await nextTurn();
    sent[1]?.fail(unproven);
    await nextTurn();
    calls.push(add(2));
    await nextTurn();
    sent[2]?.answer();
    await nextTurn();
    // Once more, as it may have passed by then.
    expect(numbers()).toEqual([[0], [1], [2], [1]]);
    sent[3]?.fail(unproven);
    sent[0]?.answer();
    expect(await statusOf(calls)).toEqual(['accepted', 'SINK_ENTRY_REFUSED', 'accepted']);
  });

  test('is the fault of the half that fails, once the other half passes', async () => {
    const { add, sent, numbers } = batcher({ concurrency: 1 });
    const status = statusOf([add(1), add(2)]);
    for (const index of upTo(3)) {
      await nextTurn();
      if (index < 2) sent[index]?.fail(unproven);
      else sent[index]?.answer();
    }
    expect(await status).toEqual(['SINK_ENTRY_REFUSED', 'accepted']);
    expect(numbers()).toEqual([[1, 2], [1], [2]]);
  });

  test('ends by itself where the message is accepted the second time', async () => {
    const { add, sent } = batcher();
    const calls = [add(0)];
    await nextTurn();
    calls.push(add(1));
    await nextTurn();
    sent[1]?.fail(unproven);
    await nextTurn();
    calls.push(add(2));
    await nextTurn();
    for (const n of [2, 3, 0]) {
      sent[n]?.answer();
      await nextTurn();
    }
    expect(await statusOf(calls)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  test('waits for its deadline too', async () => {
    const { add, sent, numbers } = batcher();
    const deadline = new AbortController();
    const calls = [add(0)];
    await nextTurn();
    calls.push(add(1, { orderKey: 'a' }, deadline.signal), add(2, { orderKey: 'a' }));
    await nextTurn();
    sent[1]?.fail(unproven);
    await nextTurn();
    deadline.abort();
    await expect(calls[1]).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    calls.push(add(3));
    await nextTurn();
    sent[2]?.answer();
    await nextTurn();
    sent[0]?.answer();
    sent[3]?.answer();
    expect(await statusOf(calls)).toEqual(['accepted', 'SINK_DEADLINE', 'accepted', 'accepted']);
    expect(numbers()).toEqual([[0], [1], [3], [2]]);
  });

  test('sends the messages that wait behind the failed one, message or target at fault', async () => {
    const { add, sent, numbers } = batcher();
    const status = statusOf([add(1, { orderKey: 'a' }), add(2, { orderKey: 'a' })]);
    await nextTurn();
    sent[0]?.fail(unproven);
    await nextTurn();
    await nextTurn();
    sent[1]?.answer();
    expect(await status).toEqual(['SINK_REQUEST_FAILED', 'accepted']);
    expect(numbers()).toEqual([[1], [2]]);
  });

  test('costs few requests where all messages of a large one fail', async () => {
    const { add, sent } = batcher({
      maxEntries: 1000,
      maxBytes: 1000,
      concurrency: 1,
      request: () => {
        requests++;
        return Promise.reject(unproven);
      },
    });
    let requests = 0;
    const calls = upTo(1000).map((n) => add(n));
    expect(new Set(await statusOf(calls))).toEqual(new Set(['SINK_REQUEST_FAILED']));
    expect(requests).toBeLessThan(40);
    expect(sent).toEqual([]);
  });
});

describe('once the deadline of its record has passed', () => {
  test('an entry is refused, whatever other signal it has', async () => {
    const { sent, batcher: own } = batcher();
    const call = own.add(
      { bytes: 1, n: 1 },
      { record: { deadlineSignal: AbortSignal.abort() }, signal: new AbortController().signal },
    );
    await expect(call).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    await nextTurn();
    expect(sent).toEqual([]);
  });

  test('an entry that waits ends, whatever other signal it has', async () => {
    const { sent, batcher: own } = batcher();
    const deadline = new AbortController();
    const other = new AbortController();
    const record = { deadlineSignal: deadline.signal };
    const calls = [
      own.add({ bytes: 1, n: 1 }, { record, signal: other.signal }),
      own.add({ bytes: 1, n: 2 }, { record, signal: other.signal }),
    ];
    await nextTurn();
    sent[0]?.answer([undefined, { code: 'Later', fault: 'passing' }]);
    await calls[0];
    deadline.abort();
    await expect(calls[1]).rejects.toMatchObject({ code: 'SINK_DEADLINE' });
    other.abort();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(sent).toHaveLength(1);
  });

  test('an entry leaves nothing on its other signal, which may live as long as the function', async () => {
    const { batcher: own } = batcher();
    const deadline = new AbortController();
    const shutdown = new AbortController();
    const record = { deadlineSignal: deadline.signal };
    const calls = upTo(2).map((n) => own.add({ bytes: 1, n }, { record, signal: shutdown.signal }));
    await nextTurn();
    expect(getEventListeners(shutdown.signal, 'abort')).toHaveLength(1);
    deadline.abort();
    await Promise.allSettled(calls);
    expect(getEventListeners(shutdown.signal, 'abort')).toEqual([]);
  });

  test.each(['is new', 'waits to be sent', 'waits to be tried again', 'is in a half'])(
    'an entry that %s is not sent, though no timer has aborted its signal yet',
    async (which) => {
      const { sent, batcher: own } = batcher({ concurrency: 1 });
      const deadline = new AbortController();
      let passed = false;
      // As a record does: it looks at the clock when it is asked.
      const record = {
        get deadlineSignal() {
          if (passed) deadline.abort();
          return deadline.signal;
        },
      };
      const add = (n: number, ends: object) => own.add({ bytes: 1, n }, ends);
      const others = [add(0, {})];
      await nextTurn();
      const settled: Promise<unknown>[] = [];
      if (which !== 'is new')
        settled.push(expect(add(1, { record })).rejects.toMatchObject({ code: 'SINK_DEADLINE' }));
      if (which === 'waits to be tried again' || which === 'is in a half') {
        if (which === 'is in a half')
          settled.push(expect(add(2, { record })).rejects.toMatchObject({ code: 'SINK_DEADLINE' }));
        sent[0]?.answer();
        await nextTurn();
        if (which === 'is in a half') sent[1]?.fail(content);
        else sent[1]?.answer([{ code: 'Later', fault: 'passing' }]);
      }
      const before = sent.length;
      passed = true;
      if (which === 'is new')
        settled.push(expect(add(1, { record })).rejects.toMatchObject({ code: 'SINK_DEADLINE' }));
      else if (which === 'waits to be sent') sent[0]?.answer();
      await Promise.all(settled);
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect(sent).toHaveLength(before);
      for (const request of sent) request.answer();
      await Promise.all(others);
    },
  );
});
