import type { HandlerRoutes, RouteText } from '../../protocol/routes.ts';
import { counted, shortId } from '../timeline/invocation-text.ts';
import type { Route, Shard, Target, Topology } from './topology.ts';

/** Says in sentences what the drawing does not show. */
export function notesOf({ handler, isPartial, uncounted, targets }: Topology): readonly string[] {
  const notes: string[] = [];
  if (handler !== undefined) notes.push(...aboutHandler(handler));
  if (isPartial) notes.push('Counts are too low: older events are no longer kept.');
  if (uncounted > 0)
    notes.push(`Of ${counted(uncounted, 'succeeded record')}, it is not known which routes took them.`);
  if (targets.length > 0) notes.push('The servers tell which target got a message, not which route sent it.');
  return notes;
}

function aboutHandler({ kind, exported }: HandlerRoutes): readonly string[] {
  const names = exported.join(', ');
  if (kind === 'unknown') {
    return exported.length > 1
      ? [
          `The handler does not tell its routes, and its module exports several routers: ${names}. So its routes are not known.`,
        ]
      : [
          'The handler is not a router, or something wraps it. If you export its router too, its routes appear.',
        ];
  }
  return [
    ...(exported.length > 0
      ? [`The handler does not tell its routes. These are the routes of the export ${names}.`]
      : []),
    ...(kind === 'window' ? ['A window has no routes: it counts all records.'] : []),
  ];
}

/** `12 handled`; `up to 12 handled` or `3 to 12 handled` where code of the user decides. */
export function rangeText(certain: number, maybe: number, word: string): string {
  const most = (certain + maybe).toLocaleString('en');
  if (maybe === 0) return `${most} ${word}`;
  return certain === 0 ? `up to ${most} ${word}` : `${certain.toLocaleString('en')} to ${most} ${word}`;
}

/** The counts of a route. Failures only if there are some. */
export function routeCounts({ handled, maybeHandled, failed, maybeFailed }: Route): {
  readonly handled: string;
  readonly failed: string | undefined;
} {
  return {
    handled: rangeText(handled, maybeHandled, 'handled'),
    failed: failed + maybeFailed === 0 ? undefined : rangeText(failed, maybeFailed, 'failed'),
  };
}

/** The condition of a route: `every record` without one. */
export function conditionText({ condition = 'every record' }: RouteText): string {
  return condition;
}

/** The name of a route for screen readers. @param number from 1 on */
export function routeName(route: Route, number: number): string {
  const { handled, failed } = routeCounts(route);
  const of = route.entity === undefined ? '' : ` of ${route.entity}`;
  return [`Route ${number}: ${route.eventName}${of}`, conditionText(route), handled, failed]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** Records that were read, and that are not processed. */
export function waitingIn({ read, filtered, succeeded, discarded }: Shard): number {
  return Math.max(0, read - filtered - succeeded - discarded);
}

/** The name of a shard for screen readers. @param blocked how many of its slots are blocked */
export function shardName(shard: Shard, blocked: number): string {
  const { shardId, isClosed, read, filtered, discarded, failedInvocations, slots } = shard;
  const running = [...slots.values()].filter((requestId) => requestId !== undefined).length;
  const waiting = waitingIn(shard);
  const parts = [`Shard ${shortId(shardId)}${isClosed ? ', closed' : ''}`, `${number(read)} read`];
  if (waiting > 0) parts.push(`${number(waiting)} not processed`);
  if (filtered > 0) parts.push(`${number(filtered)} filtered`);
  if (discarded > 0) parts.push(`${number(discarded)} discarded`);
  if (failedInvocations > 0) parts.push(counted(failedInvocations, 'failed invocation'));
  if (slots.size > 0) parts.push(`${running} of ${counted(slots.size, 'slot')} busy`);
  if (blocked > 0) parts.push(`${blocked} blocked`);
  return parts.join(', ');
}

/** `10 lanes, in order of each item`. Undefined if that is not known. */
export function lanesText({ lanes, order }: HandlerRoutes): string | undefined {
  if (lanes === undefined || order === undefined) return undefined;
  if (order === 'shard') return '1 lane, in order of the shard';
  return `${counted(lanes, 'lane')}, ordered by ${order === 'item' ? 'item' : 'partition'}`;
}

const SERVICES: Readonly<Record<string, string>> = {
  sns: 'topic',
  sqs: 'queue',
  s3: 'bucket',
  dynamodb: 'table',
};

/** `topic payments`. */
export function targetName({ service, name }: Pick<Target, 'service' | 'name'>): string {
  return `${SERVICES[service] ?? service} ${name}`;
}

/** Reads the ARN of a queue, topic or bucket. */
export function targetOf(arn: string): Pick<Target, 'service' | 'name'> {
  return { service: arn.split(':')[2] ?? '', name: arn.slice(arn.lastIndexOf(':') + 1) };
}

function number(count: number): string {
  return count.toLocaleString('en');
}
