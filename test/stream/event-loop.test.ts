import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { localFunction } from '../../src/local/handler/local-function.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { functionClock, ownWork, turn } from '../../src/stream/event-loop.ts';
import { FAKE_STREAM } from '../fixtures/fake-streams.ts';
import { fullShards } from '../fixtures/full-shards.ts';
import { quietLogger } from '../fixtures/quiet-logger.ts';

/** Blocks the event loop. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('turns are given one at a time, in order, with timers between them', async () => {
  const log: string[] = [];
  const timer = setInterval(() => log.push('timer'), 1);
  await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      await turn();
      log.push(name);
      block(3);
    }),
  );
  clearInterval(timer);
  expect(log.filter((name) => name !== 'timer')).toEqual(['a', 'b', 'c']);
  expect(log.join()).toMatch(/a,timer,b,timer,c/);
});

test("the function's clock stands still while a mapping works, also when the work throws", () => {
  const before = functionClock();
  ownWork(() => block(20));
  expect(() =>
    ownWork(() => {
      block(20);
      throw new RangeError('x');
    }),
  ).toThrow(RangeError);
  expect(functionClock() - before).toBeLessThan(10);
});

test('time in which a mapping blocks the event loop is not that of a function which waits', async () => {
  const identity = { functionName: 'f', functionArn: 'arn:f', timeoutMs: 100, memoryLimitInMB: 128 };
  let leftMs = 0;
  const invocation = localFunction(async (_event, context) => {
    await sleep(20);
    leftMs = context.getRemainingTimeInMillis();
    return 'done';
  }, identity)('{}', 'r');
  ownWork(() => block(300));
  expect(await invocation).toEqual({ type: 'returned', response: 'done' });
  expect(leftMs).toBeGreaterThan(40);
});

test('a function that waits for too long has timed out, although a mapping blocked the event loop meanwhile', async () => {
  const identity = { functionName: 'f', functionArn: 'arn:f', timeoutMs: 50, memoryLimitInMB: 128 };
  const invocation = localFunction(() => sleep(5_000, undefined, { ref: false }), identity)('{}', 'r');
  ownWork(() => block(100));
  const startedAt = performance.now();
  expect(await invocation).toMatchObject({
    type: 'failed',
    error: { message: expect.stringContaining('timed out') },
  });
  expect(performance.now() - startedAt).toBeGreaterThan(30);
});

/** Measures the longest turn of the event loop, in milliseconds of this thread: other processes do not count. */
function longestTurn(): { stop(): number } {
  let longest = 0;
  let last = process.threadCpuUsage();
  let timer: NodeJS.Immediate;
  const tick = (): void => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, (now.user - last.user + now.system - last.system) / 1000);
    last = now;
    timer = setImmediate(tick);
  };
  tick();
  return {
    stop() {
      clearImmediate(timer);
      return longest;
    },
  };
}

// Other processes make a turn longer even in time of this thread, so the shortest of some runs counts.
test('200 shards with a backlog block the event loop for a page at a time, and no function times out', {
  retry: 3,
  timeout: 60_000,
}, async () => {
  const stream = await fullShards({ shards: 200, records: 1000, attributes: 30, bytes: 5 });
  const turns = longestTurn();
  await using mapping = await startEventSourceMapping({
    client: stream.client,
    streamArn: FAKE_STREAM,
    startingPosition: 'TRIM_HORIZON',
    maximumRetryAttempts: 0,
    logger: quietLogger(),
    handler: () => sleep(5),
  });
  await mapping.caughtUp();
  const longestMs = turns.stop();
  await stream.stop();
  expect(mapping.statistics).toMatchObject({ recordsSucceeded: 200_000, failedInvocations: 0 });
  // A page takes some 40 ms, with its garbage. All pages in one turn took several seconds.
  expect(longestMs).toBeLessThan(200);
});
