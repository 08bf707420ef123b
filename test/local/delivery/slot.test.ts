import type { DynamoDBRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextBatch } from '../../../src/delivery/batch-size.ts';
import { type QueuedRecord, queued } from '../../../src/delivery/queued-record.ts';
import { Slot, type SlotOptions } from '../../../src/local/delivery/slot.ts';

const record = (name: string, page = 1): QueuedRecord => queued({ eventID: name }, page);
const ofBytes = (bytes: number): QueuedRecord => ({ record: {} as DynamoDBRecord, json: '', bytes, page: 1 });
const MB = 1024 * 1024;

describe('a batch takes', () => {
  test.each([
    ['nothing of nothing', [], 10, { count: 0, full: false }],
    ['the records that are there', [ofBytes(1), ofBytes(1)], 10, { count: 2, full: false }],
    ['as many as its size says', [ofBytes(1), ofBytes(1), ofBytes(1)], 2, { count: 2, full: true }],
    ['exactly its size', [ofBytes(1), ofBytes(1)], 2, { count: 2, full: true }],
    ['less than 6 MB', [ofBytes(3 * MB), ofBytes(2 * MB), ofBytes(MB)], 10, { count: 2, full: true }],
    [
      'exactly 6 MB, envelope and comma included',
      [ofBytes(3 * MB), ofBytes(3 * MB - 15)],
      10,
      { count: 2, full: false },
    ],
    ['not a byte more', [ofBytes(3 * MB), ofBytes(3 * MB - 14)], 10, { count: 1, full: true }],
    ['a record that is too large, alone', [ofBytes(7 * MB), ofBytes(1)], 10, { count: 1, full: true }],
  ])('%s', (_name, waiting, batchSize, expected) => {
    expect(nextBatch(waiting, { batchSize, acrossPages: true })).toEqual(expected);
  });

  test('one page of the stream, unless it has a window', () => {
    const waiting = [record('a', 1), record('b', 1), record('c', 2)];
    expect(nextBatch(waiting, { batchSize: 10, acrossPages: false })).toEqual({ count: 2, full: true });
    expect(nextBatch(waiting, { batchSize: 10, acrossPages: true })).toEqual({ count: 3, full: false });
  });
});

describe('a slot', () => {
  let stopping: AbortController;
  let batches: string[];
  let running: Promise<void>;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    stopping = new AbortController();
    batches = [];
  });

  afterEach(async () => {
    stopping.abort();
    await running;
    vi.useRealTimers();
  });

  function start(options: Partial<SlotOptions> = {}): Slot {
    const slot = new Slot({
      batchSize: 2,
      windowMs: 0,
      maxBytes: () => 32 * MB,
      onHandled: () => {},
      deliver: async (batch) => {
        batches.push(batch.map((entry) => entry.record.eventID).join(' '));
        return true;
      },
      ...options,
    });
    running = slot.run(stopping.signal);
    return slot;
  }

  test('without a window delivers at once', async () => {
    const slot = start();
    slot.add([record('a'), record('b'), record('c')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual(['a b', 'c']);
    expect(slot.idle).toBe(true);
  });

  test('with a window waits until it is full or the window is over', async () => {
    const slot = start({ windowMs: 1000 });
    slot.add([record('a')]);
    await vi.advanceTimersByTimeAsync(999);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(batches).toEqual(['a']);
    slot.add([record('b', 2), record('c', 3)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual(['a', 'b c']);
  });

  test('waits no negative time where the window ends while it is looked at', async () => {
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 0.6));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const slot = start({ windowMs: 1 });
    slot.add([record('a')]);
    await vi.advanceTimersByTimeAsync(5);
    vi.restoreAllMocks();
    expect(batches).toEqual(['a']);
    const delays = timers.mock.calls.map(([, delayMs]) => delayMs ?? 0);
    expect(delays.every((delayMs) => delayMs >= 0)).toBe(true);
  });

  test('starts the next window when the invocation before has ended', async () => {
    const { promise: firstEnds, resolve: endFirst } = Promise.withResolvers<boolean>();
    let calls = 0;
    const startedAt: number[] = [];
    const slot = start({
      windowMs: 1000,
      deliver: () => {
        startedAt.push(Math.round(performance.now()));
        return calls++ === 0 ? firstEnds : Promise.resolve(true);
      },
    });
    const zero = performance.now();
    slot.add([record('a'), record('b')]);
    await vi.advanceTimersByTimeAsync(5000);
    slot.add([record('c')]);
    endFirst(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(startedAt.map((at) => Math.round((at - zero) / 100) * 100)).toEqual([0, 6000]);
  });

  test('an empty window is followed by another', async () => {
    const slot = start({ windowMs: 1000 });
    await vi.advanceTimersByTimeAsync(1500);
    slot.add([record('a')]);
    await vi.advanceTimersByTimeAsync(400);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(batches).toEqual(['a']);
  });

  test('at its end delivers what waits, without its window', async () => {
    const slot = start({ windowMs: 60_000 });
    slot.add([record('a')]);
    slot.end();
    await running;
    expect(batches).toEqual(['a']);
  });

  test('stops after a batch that was stopped', async () => {
    const slot = start({ deliver: async () => false });
    slot.add([record('a'), record('b'), record('c')]);
    await running;
    expect(slot.idle).toBe(false);
  });

  test('has no room while too many records wait', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const slot = start({ batchSize: 10_000, deliver: () => promise });
    slot.add(Array.from({ length: 10_000 }, (_, index) => record(`${index}`)));
    await vi.advanceTimersByTimeAsync(0); // under way
    await slot.room(stopping.signal);
    slot.add(Array.from({ length: 10_000 }, (_, index) => record(`${index}`)));
    let room = false;
    const waiting = slot.room(stopping.signal).then(() => {
      room = true;
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(room).toBe(false);
    resolve(true);
    await waiting;
  });

  test('without room delivers before its window is over, as no more records can come', async () => {
    const handled: number[] = [];
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const slot = start({
      windowMs: 60_000,
      batchSize: 10,
      maxBytes: () => 1,
      onHandled: (bytes) => handled.push(bytes),
      deliver: (batch) => {
        batches.push(batch.map((entry) => entry.record.eventID).join(' '));
        return promise;
      },
    });
    const a = record('a');
    slot.add([a]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(batches).toEqual([]);
    const room = slot.room(stopping.signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual(['a']);
    slot.add([]); // woken, and still without room: the batch under way counts
    await vi.advanceTimersByTimeAsync(0);
    expect(handled).toEqual([]);
    resolve(true);
    await room;
    expect(handled).toEqual([a.bytes]);
  });

  test('tells when it has been idle for so long', async () => {
    let due: number | undefined = Date.now() + 1000;
    const closed: number[] = [];
    const slot = start({
      idleAt: () => due,
      onIdle: async () => {
        closed.push(Date.now());
        due = undefined;
        return true;
      },
    });
    await vi.advanceTimersByTimeAsync(900);
    slot.add([]);
    expect(closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(closed).toHaveLength(1);
  });
});
