import type { Invocation } from './invocation.ts';
import type { Timeline } from './timeline.ts';

// A batch can be retried for a day.
const MAX_FAMILY = 1000;

/** Finds all invocations of a batch: its retries, its halves, and theirs, in the order of their starts. */
export function familyOf(invocation: Invocation, timeline: Timeline): readonly Invocation[] {
  const { invocations } = timeline.laneOf(invocation);
  let root = invocation;
  for (let before = originOf(root, timeline); before !== undefined; before = originOf(root, timeline)) {
    root = before;
  }
  const family = new Set([root.id]);
  const members = [root];
  // A lane runs a batch to its end before the next one.
  for (const next of invocations.slice(invocations.indexOf(root) + 1)) {
    if (next.origin === undefined || !family.has(next.origin.id) || members.length >= MAX_FAMILY) break;
    family.add(next.id);
    members.push(next);
  }
  return members;
}

function originOf({ origin }: Invocation, timeline: Timeline): Invocation | undefined {
  return origin === undefined ? undefined : timeline.invocation(origin.id);
}
