import type { Change } from '../model/table.ts';
import type { World } from '../world/world.ts';

/** Within this time a FIFO target gets each message once. */
const DEDUPLICATION_MS = 300_000;

/** FIFO consumers see the changes of an item in order, unless an older one was discarded or dead-lettered before. */
export function checkFifo({ targets, history, journal, changes }: World): void {
  if (journal.mayDiverge) return;
  for (const target of ['fifoTopic', 'fifoQueue'] as const) {
    const newest = new Map<string, number>();
    const seen = new Map<string, number>();
    for (const { body, group, at } of targets.accepted.filter((message) => message.target === target)) {
      const { index, route, part } = body as {
        /** A message of a window has none. */
        readonly index: number | undefined;
        readonly route: number;
        readonly part: number;
      };
      if (index === undefined) continue;
      if (group === undefined) history.violate('fifo', `a message of change ${index} has no group`);
      const message = `${route} ${index} ${part}`;
      const last = seen.get(message);
      seen.set(message, at);
      if (last !== undefined) {
        if (at - last < DEDUPLICATION_MS)
          history.violate('fifo', `${target} got change ${index} twice within five minutes`);
        // What comes again after a rewind is behind newer ones, as on Lambda.
        continue;
      }
      const key = `${route} ${(changes[index] as Change).item}`;
      const before = newest.get(key) ?? -1;
      if (before > index && !journal.everGaveUp.has(index))
        history.violate('fifo', `${target} got change ${index} after change ${before} of its item`);
      newest.set(key, Math.max(before, index));
    }
  }
}
