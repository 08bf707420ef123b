import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Hold, RecursiveLoopDetector } from '../../../src/local/delivery/recursive-loop.ts';
import type { RecursiveLoopEvent } from '../../../src/local/mapping-events.ts';

const START = Date.UTC(2026, 0, 1, 0, 0, 0, 300);
const TICK_MS = 5;

interface Scene {
  readonly pollMs: number;
  /** How long an invocation takes. */
  readonly handleMs: number;
  readonly batchSize: number;
  /** How many writes the handling of a record makes to its item, and how long after the invocation they are made. */
  readonly ownWrites?: number;
  readonly lateMs?: number;
  /** When others write, in milliseconds from the start, and to which item. */
  readonly others: readonly (readonly [atMs: number, item: string])[];
  readonly seconds?: number;
  /** How far the server's clock is ahead. */
  readonly skewMs?: number;
}

/** Plays a mapping on virtual time: a shard that is polled, and one slot that handles batch after batch. */
function play(scene: Scene): { found: RecursiveLoopEvent[]; heldMs: number; invocations: number } {
  const { pollMs, handleMs, batchSize, ownWrites = 0, lateMs = 0, seconds = 60, skewMs = 0 } = scene;
  let now = 0;
  let written = 0;
  const found: RecursiveLoopEvent[] = [];
  const detector = new RecursiveLoopDetector({
    now: () => START + now,
    onFound: (event) => found.push(event),
  });
  const due = scene.others.map(([at, item]) => ({ at, item })).sort((a, b) => a.at - b.at);
  const own: typeof due = [];
  const stream: DynamoDBRecord[] = [];
  const write = (item: string): void => {
    stream.push({
      eventID: `${++written}`,
      dynamodb: {
        Keys: { id: { S: item } },
        ApproximateCreationDateTime: Math.floor((START + skewMs + now) / 1000),
      },
    });
  };
  const waiting: DynamoDBRecord[] = [];
  let busy: { readonly until: number; readonly end: () => void } | undefined;
  let heldMs = 0;
  let invocations = 0;
  const invoke = (batch: readonly DynamoDBRecord[]): void => {
    const end = detector.begin(batch);
    invocations++;
    busy = {
      until: now + handleMs,
      end() {
        end();
        const items = batch.flatMap(({ dynamodb }) => Array(ownWrites).fill(dynamodb?.Keys?.id?.S));
        for (const item of items) own.push({ at: now + lateMs, item });
      },
    };
  };
  const take = (): void => {
    const batch = waiting.splice(0, batchSize);
    const hold: Hold | undefined = detector.hold(batch);
    if (hold === undefined) {
      invoke(batch);
      return;
    }
    heldMs += hold.delayMs;
    busy = {
      until: now + hold.delayMs,
      end() {
        hold.end();
        invoke(batch);
      },
    };
  };
  for (; now < seconds * 1000; now += TICK_MS) {
    for (const writes of [due, own]) {
      while ((writes[0]?.at ?? Number.POSITIVE_INFINITY) <= now) write(writes.shift()?.item as string);
    }
    if (busy !== undefined && busy.until <= now) {
      const { end } = busy;
      busy = undefined;
      end();
    }
    if (now % pollMs === 0) {
      for (const record of stream.splice(0)) {
        detector.read('shard', record);
        waiting.push(record);
      }
    }
    if (busy === undefined && waiting.length > 0) take();
  }
  return { found, heldMs, invocations };
}

const USUAL = { pollMs: 250, handleMs: 20, batchSize: 100 };

const every = (periodMs: number, item = 'a', seconds = 60): [number, string][] =>
  Array.from({ length: Math.floor((seconds * 1000) / periodMs) }, (_, index) => [index * periodMs, item]);

describe('a function that writes to the item that it handles is found', () => {
  test.each<[string, Partial<Scene>]>([
    ['at the usual pace', {}],
    ['with a fast poll', { pollMs: 10 }],
    ['with a slow handler', { handleMs: 2500, seconds: 120 }],
    ['record by record', { batchSize: 1 }],
    ['that writes after it has answered', { lateMs: 200 }],
    ['that writes twice', { ownWrites: 2, batchSize: 4, seconds: 10 }],
    ['that writes twice, record by record', { ownWrites: 2, batchSize: 1, seconds: 10 }],
    ['while others write to other items', { others: [[0, 'a'], ...every(90, 'b')] }],
    ['while others write to the item now and then', { others: [[0, 'a'], ...every(7100)] }],
    ['on a server whose clock is behind', { skewMs: -900 }],
    ['on a server whose clock is ahead', { skewMs: 60_000 }],
  ])('%s', (_name, scene) => {
    const { found } = play({ ...USUAL, ownWrites: 1, others: [[0, 'a']], ...scene });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      shardId: 'shard',
      records: [{ dynamodb: { Keys: { id: { S: 'a' } } } }],
    });
    expect(found[0]?.times).toBeGreaterThan(16);
  });

  test('whatever its pace, that of the polls, and what else happens', () => {
    const scene = fc.record({
      pollMs: fc.constantFrom(10, 50, 250, 500),
      handleMs: fc.constantFrom(0, 5, 20, 100, 250),
      batchSize: fc.constantFrom(1, 3, 100),
      ownWrites: fc.constantFrom(1, 2),
      lateMs: fc.constantFrom(0, 100, 400),
      others: fc
        .array(fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.constantFrom('b', 'c')), { maxLength: 5 })
        .map((others): [number, string][] => [[0, 'a'], ...others]),
      seconds: fc.constant(70),
    });
    // Two writes for each change double the changes: batches of 100 of them would fill the memory within that time.
    const bounded = scene.filter(({ ownWrites, batchSize }) => ownWrites === 1 || batchSize === 1);
    fc.assert(
      fc.property(bounded, (drawn) => {
        const items = play(drawn).found.map(({ records }) => records[0]?.dynamodb?.Keys?.id?.S);
        expect(items.length).toBeGreaterThan(0);
        expect(new Set(items).size).toBe(items.length);
      }),
      { numRuns: 40 },
    );
  });

  test('after 17 changes, within a few seconds', () => {
    const { found, invocations, heldMs } = play({ ...USUAL, ownWrites: 1, others: [[0, 'a']], seconds: 8 });
    expect(found.map(({ times }) => times)).toEqual([17]);
    expect(invocations).toBeGreaterThan(17);
    expect(heldMs).toBeLessThan(2000);
  });

  test('for three items, once each; then nothing is held back any more', () => {
    const items = Array.from({ length: 20 }, (_, index): [number, string] => [index * 10, `item ${index}`]);
    const { found, heldMs } = play({ ...USUAL, ownWrites: 1, others: items });
    expect(new Set(found.map(({ records }) => records[0]?.dynamodb?.Keys?.id?.S)).size).toBe(3);
    expect(found).toHaveLength(3);
    expect(heldMs).toBeLessThan(3500);
  });
});

describe('an item that others write to is not', () => {
  test.each<[string, Partial<Scene>]>([
    ['at the pace of the polls', { others: every(250) }],
    ['at half that pace', { others: every(500) }],
    ['every second', { others: every(1000) }],
    ['many times between two polls', { others: every(20) }],
    ['while a slow handler runs', { handleMs: 10_000, seconds: 600, others: every(10_000, 'a', 600) }],
    ['as long as a handler takes', { handleMs: 1000, others: every(1000) }],
    ['in a burst that ends', { others: every(250, 'a', 4.5) }],
    ['record by record, which leaves a backlog', { batchSize: 1, handleMs: 100, others: every(20, 'a', 20) }],
    [
      'before the mapping started',
      { batchSize: 1, handleMs: 100, others: Array.from({ length: 500 }, () => [0, 'a'] as const) },
    ],
  ])('%s', (_name, scene) => {
    expect(play({ ...USUAL, others: [], ...scene }).found).toEqual([]);
  });

  test('whatever the rhythm of writes, polls and handlers', () => {
    const writes = fc.oneof(
      fc
        .tuple(fc.integer({ min: 4, max: 300 }), fc.constantFrom('a', 'b'))
        .map(([period, item]) => every(period * 5, item)),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.constantFrom('a', 'b', 'c')), {
        maxLength: 400,
      }),
    );
    const scene = fc.record({
      pollMs: fc.constantFrom(10, 50, 250, 1000),
      handleMs: fc.constantFrom(0, 5, 20, 100, 250, 1000),
      batchSize: fc.constantFrom(1, 3, 100),
      others: fc.array(writes, { minLength: 1, maxLength: 3 }).map((all) => all.flat()),
    });
    fc.assert(
      fc.property(scene, (drawn) => {
        const { found, heldMs } = play(drawn);
        expect(found).toEqual([]);
        expect(heldMs).toBeLessThan(10_000);
      }),
      { numRuns: 50 },
    );
  });
});

test('a chain of 15 changes, such as the steps of a workflow, is not held back', () => {
  const detector = new RecursiveLoopDetector({ now: () => START, onFound: () => expect.unreachable() });
  const record = (): DynamoDBRecord => ({ dynamodb: { ApproximateCreationDateTime: START / 1000 } });
  let next = record();
  for (let step = 0; step <= 15; step++) {
    expect(detector.hold([next])).toBeUndefined();
    const end = detector.begin([next]);
    next = record();
    detector.read('shard', next);
    end();
  }
  expect(detector.hold([next])).toMatchObject({ delayMs: 1200 });
});

test('records without a time of creation follow nothing', () => {
  const detector = new RecursiveLoopDetector({ now: () => START, onFound: () => expect.unreachable() });
  for (let step = 0; step < 100; step++) {
    const record: DynamoDBRecord = { dynamodb: { Keys: { id: { S: 'a' } } } };
    detector.read('shard', record);
    expect(detector.hold([record])).toBeUndefined();
    detector.begin([record])();
  }
});

test('a pause starts again: a change that is read again follows no handling', () => {
  let now = START;
  const detector = new RecursiveLoopDetector({ now: () => now, onFound: () => expect.unreachable() });
  const record = (): DynamoDBRecord => ({ dynamodb: { ApproximateCreationDateTime: now / 1000 } });
  let next = record();
  for (let step = 0; step < 16; step++) {
    const end = detector.begin([next]);
    next = record();
    detector.read('shard', next);
    end();
  }
  detector.hold([next])?.end();
  now += 100;
  const again = record();
  const end = detector.begin([again]);
  detector.read('shard', record());
  end();
});

test('items that were handled long ago are forgotten', () => {
  let now = START;
  const detector = new RecursiveLoopDetector({ now: () => now, onFound: () => expect.unreachable() });
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 200_000; index++) {
    now += 1;
    detector.begin([{ dynamodb: { Keys: { id: { S: `item ${index}` } } } }])();
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(40 * 1024 * 1024);
});
