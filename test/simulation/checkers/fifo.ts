import type { Change } from '../model/table.ts';
import type { Handled } from '../world/consumers.ts';
import type { Message } from '../world/send-book.ts';
import type { World } from '../world/world.ts';

/** Within this time a FIFO target gets each message once. */
const DEDUPLICATION_MS = 300_000;

/**
 * FIFO targets get the changes of an item in order, and so do their consumers, unless an older one was discarded or
 * dead-lettered before. Each message comes once within five minutes, unless a consumer took too long.
 */
export function checkFifo(world: World): void {
  const { targets, history, journal, consumers } = world;
  if (journal.mayDiverge) return;
  for (const target of ['fifoTopic', 'fifoQueue'] as const) {
    const accepted = targets.accepted.filter((message) => message.target === target);
    for (const { body, group } of accepted)
      if (group === undefined && (body as Message).index !== undefined)
        history.violate('fifo', `a message of change ${(body as Message).index} has no group`);
    checkOrder(
      world,
      target,
      accepted.map(({ body, at }) => ({ body: body as Message, at, tooLate: false })),
    );
    checkOrder(world, `the consumer of ${target}`, consumers.handled.get(target) ?? []);
  }
}

function checkOrder({ history, journal, changes }: World, who: string, messages: readonly Handled[]): void {
  const newest = new Map<string, number>();
  const seen = new Map<string, Handled>();
  for (const message of messages) {
    const { index, route, part, item, detached } = message.body;
    // A message of a window is about no change.
    if (index === undefined) continue;
    const last = seen.get(`${route} ${index} ${part}`);
    seen.set(`${route} ${index} ${part}`, message);
    if (last !== undefined) {
      if (message.at - last.at < DEDUPLICATION_MS && !last.tooLate && !message.tooLate)
        history.violate('fifo', `${who} got change ${index} twice within five minutes`);
      // What comes again after a rewind is behind newer ones, as on Lambda.
      continue;
    }
    // A detached message is of the group that it names.
    const key = `${route} ${detached === 'no' ? (changes[index] as Change).item : item}`;
    const before = newest.get(key) ?? -1;
    if (before > index && !journal.everGaveUp.has(index))
      history.violate('fifo', `${who} got change ${index} after change ${before} of its item`);
    newest.set(key, Math.max(before, index));
  }
}
