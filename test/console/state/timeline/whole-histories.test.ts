import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NumberRanges } from '../../../../src/console/protocol/events.ts';
import { rangesOf } from '../../../../src/console/protocol/number-ranges.ts';
import { drawLane, MIN_WIDTH } from '../../../../src/console/state/timeline/lane-picture.ts';
import { windowAround } from '../../../../src/console/state/timeline/time-window.ts';
import { Timeline } from '../../../../src/console/state/timeline/timeline.ts';
import { deliverBatch } from '../../../../src/delivery/deliver-batch.ts';
import { eventAt, type Fields } from './events.ts';

/** An invocation of the mapping, and how many splits led to it. */
interface Expected {
  readonly requestId: string;
  readonly attempt: number;
  readonly isFirst: boolean;
  readonly splits: number;
}

/** Records of a slot, the results of its invocations, and milliseconds between its events. */
interface Plan {
  readonly batches: readonly number[];
  readonly results: readonly ('succeeded' | 'failed' | 'throttled' | number)[];
  readonly pauses: readonly number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  batches: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
  results: fc.array(
    fc.oneof(fc.constantFrom('succeeded', 'failed', 'throttled'), fc.integer({ min: 1, max: 8 })),
    { maxLength: 15 },
  ),
  pauses: fc.array(fc.integer({ min: -3, max: 400 }), { minLength: 1, maxLength: 9 }),
});

let requests = 0;

/** Lets the delivery engine of the mapping decide what happens in a slot. Invocations without a planned result succeed. */
function history({ batches, results, pauses }: Plan, slot: number, firstNumber: number) {
  const events: Fields[] = [];
  const expected: Expected[] = [];
  let [at, step, result, number] = [1_000_000, 0, 0, firstNumber];
  const numberOf = new Map<DynamoDBRecord, number>();
  const ranges = (records: readonly DynamoDBRecord[]): NumberRanges =>
    rangesOf(records.map((record) => numberOf.get(record) as number));
  const tell = (event: Fields['event'], fields: object): void => {
    at += pauses[step++ % pauses.length] as number;
    events.push({ event, at, slot, ...fields });
  };
  for (const size of batches) {
    const records = Array.from({ length: size }, (): DynamoDBRecord => {
      const record = { dynamodb: { SequenceNumber: `${++number}` } };
      numberOf.set(record, number);
      return record;
    });
    const splitsOf = new Map<DynamoDBRecord, number>(records.map((record) => [record, 0]));
    const decisions = deliverBatch(
      { streamArn: 'arn', shardId: 's', records },
      {
        maximumRetryAttempts: 3,
        maximumRecordAgeInSeconds: -1,
        bisectBatchOnFunctionError: size % 2 === 0,
        reportBatchItemFailures: true,
        functionArn: 'arn',
        retryDelayMs: () => 100,
        now: () => 0,
        requestId: () => `request-${++requests}`,
      },
    );
    let isFirst = true;
    let next = decisions.next();
    while (next.done !== true) {
      const decision = next.value;
      const { requestId } = decision;
      switch (decision.type) {
        case 'invoke': {
          const { attempt } = decision;
          const [first] = decision.records as [DynamoDBRecord];
          tell('invocationStarted', { requestId, attempt, records: ranges(decision.records) });
          expected.push({ requestId, attempt, isFirst, splits: splitsOf.get(first) as number });
          isFirst = false;
          const planned = results[result++] ?? 'succeeded';
          const failed = decision.records[Math.min(Number(planned), decision.records.length - 1)];
          const itemIdentifier = failed?.dynamodb?.SequenceNumber;
          const response = { batchItemFailures: planned === 'succeeded' ? [] : [{ itemIdentifier }] };
          next = decisions.next(
            planned === 'failed' || planned === 'throttled'
              ? { type: planned }
              : { type: 'returned', response },
          );
          continue;
        }
        case 'invoked':
          tell('invocation', { requestId, outcome: decision.outcome, durationMs: 1 });
          break;
        case 'split': {
          const halves = { left: ranges(decision.left), right: ranges(decision.right) };
          for (const record of [...decision.left, ...decision.right])
            splitsOf.set(record, (splitsOf.get(record) as number) + 1);
          tell('split', { requestId, ...halves });
          break;
        }
        case 'retry':
          tell('retry', { requestId, delayMs: decision.delayMs });
          break;
        case 'checkpoint':
          tell('checkpoint', { requestId, position: decision.sequenceNumber });
          break;
        default:
          tell(decision.type, { requestId });
      }
      next = decisions.next();
    }
  }
  return { events, expected };
}

test('each invocation is drawn once, none overlaps another one of its slot, and each knows where it comes from', () => {
  fc.assert(
    fc.property(
      fc.array(plan, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 30, max: 2000 }),
      fc.integer({ min: 1, max: 9 }),
      (plans, width, cut) => {
        const histories = plans.map((one, slot) => history(one, slot, slot * 1000));
        // As they happen: in the order of their times, but each slot in its own order.
        const events = histories.flatMap((one) => one.events);
        const timeline = new Timeline();
        const ordered = events.map((event, index) => ({ event, index }));
        ordered.sort((one, other) => one.event.at - other.event.at || one.index - other.index);
        const queues = histories.map((one) => [...one.events]);
        for (const { event } of ordered) {
          const next = queues[event.slot as number]?.shift() as Fields;
          timeline.take(eventAt(next), () => undefined);
        }

        const { fromMs, toMs } = timeline.span;
        const whole = windowAround(fromMs, toMs);
        // A part of the run, too.
        const part = { fromMs, toMs: fromMs + Math.max(1, (toMs - fromMs) / cut) };
        expect(timeline.lanes.map(({ slot }) => slot)).toEqual(plans.map((_, slot) => slot));
        for (const lane of timeline.lanes) {
          const { expected } = histories[lane.slot] as (typeof histories)[number];
          const told = lane.invocations.map(({ requestId, attempt, origin, depth }) => ({
            requestId,
            attempt,
            isFirst: origin === undefined,
            splits: depth,
          }));
          expect(told).toEqual(expected);
          for (const [index, { startedMs }] of lane.invocations.slice(1).entries()) {
            expect(startedMs).toBeGreaterThanOrEqual(lane.invocations[index]?.endedMs as number);
          }
          for (const window of [whole, part]) {
            const { offset, blocks, links } = drawLane(lane, { window, width, nowMs: toMs });
            const ids = blocks.flatMap(({ invocations }) => invocations.map(({ id }) => id));
            const inWindow = lane.invocations.filter(
              ({ startedMs, endedMs }) => startedMs <= window.toMs && (endedMs as number) >= window.fromMs,
            );
            // Those before share a rectangle that reaches into the window.
            expect(ids.slice(ids.length - inWindow.length)).toEqual(inWindow.map(({ id }) => id));
            for (const { x, width: wide } of blocks) expect(x + wide).toBeGreaterThanOrEqual(offset);
            for (const [index, { x, width: wide }] of blocks.entries()) {
              expect(wide).toBeGreaterThan(MIN_WIDTH - 1e-6);
              const before = blocks[index - 1];
              if (before !== undefined) expect(x).toBeGreaterThan(before.x + before.width - 1e-6);
            }
            for (const { fromX, toX } of links) expect(toX).toBeGreaterThan(fromX - 1e-6);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
