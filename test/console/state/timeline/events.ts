import type { ConsoleEvent, NumberRanges } from '../../../../src/console/protocol/events.ts';
import type { Invocation } from '../../../../src/console/state/timeline/invocation.ts';
import { Timeline } from '../../../../src/console/state/timeline/timeline.ts';
import { shown } from '../events.ts';

export type Fields = { readonly event: ConsoleEvent['event']; readonly at: number } & Readonly<
  Record<string, unknown>
>;

/** An event at some milliseconds of 1970, of shard `s` if no other is named. */
export function eventAt({ at, ...fields }: Fields): ConsoleEvent {
  const stamp = { id: 1, time: new Date(at).toISOString(), shardId: 's' };
  return { ...stamp, ...fields } as unknown as ConsoleEvent;
}

export function started(at: number, requestId: string, records: NumberRanges, fields: object = {}): Fields {
  return { event: 'invocationStarted', at, requestId, records, attempt: 1, slot: 0, ...fields };
}

export function ended(at: number, requestId: string, outcome: string, fields: object = {}): Fields {
  return { event: 'invocation', at, requestId, outcome, durationMs: 1, records: [], ...fields };
}

/** A failed batch is halved. Each half is one range of record numbers. */
export function split(
  at: number,
  requestId: string,
  left: readonly number[],
  right: readonly number[],
): Fields {
  return { event: 'split', at, requestId, left: [left], right: [right] };
}

export function timelineOf(...events: readonly Fields[]): Timeline {
  const timeline = new Timeline();
  for (const event of events) timeline.take(eventAt(event), (number) => shown(number));
  return timeline;
}

/** All invocations, lane by lane. */
export function invocationsOf(timeline: Timeline): readonly Invocation[] {
  return timeline.lanes.flatMap(({ invocations }) => invocations);
}
