import { describe, expect, test } from 'vitest';
import { familyOf } from '../../../../src/console/state/timeline/family.ts';
import { Timeline } from '../../../../src/console/state/timeline/timeline.ts';
import { ended, eventAt, invocationsOf, split, started, timelineOf } from './events.ts';

const retry = (at: number, requestId: string, delayMs: number) => ({
  event: 'retry' as const,
  at,
  requestId,
  delayMs,
  records: [],
});
const checkpoint = (at: number, requestId: string, position: string | undefined, fields = {}) => ({
  event: 'checkpoint' as const,
  at,
  requestId,
  position,
  ...fields,
});

test('an invocation runs until it has ended', () => {
  const timeline = timelineOf(started(5, 'a', [[1, 3]]));
  const [invocation] = invocationsOf(timeline);
  expect(invocation).toMatchObject({ id: 1, startedMs: 5, endedMs: undefined, outcome: 'running' });
  expect(invocation).toMatchObject({ recordCount: 3, origin: undefined, depth: 0 });
  expect(timeline.isLive).toBe(true);
  timeline.take(eventAt(ended(9, 'a', 'succeeded', { durationMs: 3.5 })), () => undefined);
  expect(invocation).toMatchObject({ endedMs: 9, durationMs: 3.5, outcome: 'succeeded', messages: [] });
  expect(timeline.isLive).toBe(false);
  expect(timeline.span).toEqual({ fromMs: 5, toMs: 9 });
});

test('each slot of a shard has a lane, and shards keep their order', () => {
  const timeline = timelineOf(
    started(1, 'a', [[1, 1]], { slot: 2 }),
    started(2, 'b', [[2, 2]], { shardId: 't' }),
    started(3, 'c', [[3, 3]], { slot: 0 }),
    ended(4, 'x', 'succeeded'),
  );
  expect(timeline.lanes.map(({ shardId, slot }) => `${shardId}${slot}`)).toEqual(['s0', 's2', 't0']);
});

test('failed records are known by their numbers, and each message is kept once', () => {
  const failure = (eventID: string | undefined, deadLettered = false) => ({
    eventID,
    deadLettered,
    message: 'Error: no',
  });
  const timeline = timelineOf(
    started(1, 'a', [
      [1, 2],
      [5, 9],
    ]),
    ended(2, 'a', 'failed', {
      failures: [failure('e2'), failure('e7', true), failure(undefined), failure('other')],
    }),
  );
  expect(invocationsOf(timeline)).toMatchObject([
    {
      failedRecords: [
        { number: 2, isDeadLettered: false },
        { number: 7, isDeadLettered: true },
      ],
      messages: ['Error: no'],
    },
  ]);
});

test('without failures of records, the error of the invocation is the message', () => {
  const error = { name: 'TimeoutError', message: 'late' };
  const timeline = timelineOf(started(1, 'a', [[1, 1]]), ended(2, 'a', 'throttled', { error }));
  expect(invocationsOf(timeline)).toMatchObject([{ messages: ['TimeoutError: late'], failedRecords: [] }]);
});

describe('where an invocation comes from', () => {
  test('a retry follows from the attempt before, and the wait for it is known', () => {
    const timeline = timelineOf(started(1, 'a', [[1, 4]]), ended(2, 'a', 'failed'), retry(2, 'a', 500));
    expect(invocationsOf(timeline)).toMatchObject([{ retryMs: 502 }]);
    expect(timeline.isLive).toBe(true);
    timeline.take(eventAt(started(502, 'a', [[1, 4]], { attempt: 2 })), () => undefined);
    expect(invocationsOf(timeline)).toMatchObject([
      { retryMs: undefined },
      { attempt: 2, depth: 0, origin: { kind: 'retry', id: 1 } },
    ]);
  });

  test('the halves of a batch follow from it, and the rest of a partial success from that', () => {
    const timeline = timelineOf(
      started(1, 'a', [[1, 8]]),
      ended(2, 'a', 'failed'),
      split(2, 'a', [1, 4], [5, 8]),
      started(3, 'left', [[1, 4]]),
      ended(4, 'left', 'partial'),
      started(5, 'rest', [[3, 4]]),
      ended(6, 'rest', 'succeeded'),
      started(7, 'right', [[5, 8]]),
      ended(8, 'right', 'failed'),
      split(8, 'right', [5, 6], [7, 8]),
      started(9, 'inner', [[5, 6]]),
      ended(10, 'inner', 'succeeded'),
      started(11, 'last', [[7, 8]]),
      ended(12, 'last', 'succeeded'),
      started(13, 'next', [[9, 9]]),
    );
    expect(invocationsOf(timeline).map(({ depth, origin }) => [origin?.kind, origin?.id, depth])).toEqual([
      [undefined, undefined, 0],
      ['split', 1, 1],
      ['rest', 2, 1],
      ['split', 1, 1],
      ['split', 4, 2],
      ['split', 4, 2],
      [undefined, undefined, 0],
    ]);
    expect(timeline.invocation(1)?.split).toEqual({ left: [[1, 4]], right: [[5, 8]] });
    for (const member of invocationsOf(timeline).slice(0, 6)) {
      expect(familyOf(member, timeline).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  test('a half that was discarded before its invocation does not count', () => {
    const timeline = timelineOf(
      started(1, 'a', [[1, 4]]),
      ended(2, 'a', 'failed'),
      split(2, 'a', [1, 2], [3, 4]),
      started(3, 'right', [[4, 4]]),
    );
    expect(invocationsOf(timeline)[1]).toMatchObject({ depth: 1, origin: { kind: 'split', id: 1 } });
  });

  test('a batch that is read again after a failure, with changed code, follows from the failed one', () => {
    const timeline = timelineOf(
      started(1, 'a', [[1, 4]]),
      ended(2, 'a', 'failed'),
      started(3, 'b', [[1, 9]]),
      ended(4, 'b', 'succeeded'),
      started(5, 'c', [[1, 9]]),
    );
    expect(invocationsOf(timeline).map(({ origin }) => origin?.kind)).toEqual([
      undefined,
      'retry',
      undefined,
    ]);
  });

  test('records that are no longer known tell nothing', () => {
    const timeline = timelineOf(
      started(1, 'a', []),
      ended(2, 'a', 'failed'),
      split(2, 'a', [1, 2], [3, 4]),
      started(3, 'b', []),
    );
    expect(invocationsOf(timeline)[1]).toMatchObject({ recordCount: 0, origin: undefined });
  });
});

test('an invocation whose end is missing ends with the next one of its slot, or with the mapping', () => {
  const timeline = timelineOf(started(1, 'a', [[1, 1]]), started(5, 'b', [[2, 2]]));
  expect(invocationsOf(timeline)[0]).toMatchObject({ outcome: 'unknown', endedMs: 5 });
  timeline.take(eventAt({ event: 'stopped', at: 8 }), () => undefined);
  expect(invocationsOf(timeline)[1]).toMatchObject({ outcome: 'unknown', endedMs: 8 });
  expect(timeline.isLive).toBe(false);
});

test('the checkpoint of a shard moves with its position, and a batch that is discarded waits no longer', () => {
  const timeline = timelineOf(
    started(1, 'a', [[1, 1]]),
    ended(2, 'a', 'failed'),
    retry(2, 'a', 500),
    checkpoint(3, 'a', undefined),
  );
  expect(timeline.checkpoint('s')).toBeUndefined();
  expect(timeline.isLive).toBe(false);
  const take = (...fields: Parameters<typeof checkpoint>) =>
    timeline.take(eventAt(checkpoint(...fields)), () => undefined);
  take(4, 'a', '100');
  take(5, 'a', '100');
  expect(timeline.checkpoint('s')).toEqual({ timeMs: 4, sequenceNumber: '100' });
  take(6, 'a', '200');
  expect(timeline.checkpoint('s')).toEqual({ timeMs: 6, sequenceNumber: '200' });
});

test('a clock that is set back does not let invocations overlap', () => {
  const timeline = timelineOf(
    started(100, 'a', [[1, 1]]),
    ended(200, 'a', 'succeeded'),
    started(50, 'b', []),
  );
  expect(invocationsOf(timeline)[1]).toMatchObject({ startedMs: 200 });
});

test('the oldest invocations are dropped, and their number is known', () => {
  const timeline = new Timeline(10);
  expect(timeline.span).toEqual({ fromMs: 0, toMs: 0 });
  const run = (number: number, requestId: string, slot = 0) => {
    timeline.take(eventAt(started(number, requestId, [[number, number]], { slot })), () => undefined);
    timeline.take(eventAt(ended(number, requestId, 'failed')), () => undefined);
  };
  run(1, 'alone', 1);
  for (let number = 2; number <= 11; number++) run(number, number <= 3 ? 'same' : `${number}`);
  expect(timeline.dropped).toBe(2);
  expect(timeline.invocation(2)).toBeUndefined();
  expect(timeline.span.fromMs).toBe(3);
  expect(timeline.lanes.map(({ invocations }) => invocations.length)).toEqual([9, 0]);
  expect(timeline.isLive).toBe(false);
  timeline.take(eventAt({ event: 'stopped', at: 99 }), () => undefined);
  // Of the retry whose first attempt is gone.
  const [oldest] = invocationsOf(timeline);
  expect(oldest?.origin).toEqual({ kind: 'retry', id: 2 });
  expect(familyOf(oldest as never, timeline)).toEqual([oldest]);
});

test('a family is bounded', () => {
  const timeline = timelineOf(
    ...Array.from({ length: 1200 }, (_, at) => [started(at, 'a', [[1, 1]]), ended(at, 'a', 'failed')]).flat(),
  );
  expect(familyOf(invocationsOf(timeline)[0] as never, timeline)).toHaveLength(1000);
});
