import type { Random } from '../model/random.ts';
import { outside, sleep } from './clock.ts';
import type { History } from './history.ts';
import { Queue, type Received } from './queue.ts';
import type { Message } from './send-book.ts';

/** Targets whose messages are consumed. A queue is subscribed to the topic. */
const CONSUMED = ['queue', 'fifoQueue', 'fifoTopic'] as const;
export type Consumed = (typeof CONSUMED)[number];

/** A message that a consumer has handled to its end. */
export interface Handled {
  readonly body: Message;
  /** When the target accepted it. */
  readonly at: number;
  /** It took longer than the message was invisible, so that it comes again. */
  readonly tooLate: boolean;
}

const VISIBILITY_MS = 100;
const CONSUMERS = 2;
const MAX_AT_ONCE = 3;

/** From then on a message is handled in time. */
const TROUBLED_RECEIPTS = 3;

/** Programs that receive what the function sends: they fail now and then, or take longer than a message is invisible. */
export class Consumers {
  readonly handled: ReadonlyMap<Consumed, Handled[]> = new Map(CONSUMED.map((name) => [name, []]));
  readonly #queues: ReadonlyMap<string, Queue> = new Map(
    CONSUMED.map((name) => [name, new Queue(name !== 'queue')]),
  );
  readonly #random: Random;
  readonly #history: History;
  readonly #running: Set<string> = new Set();

  constructor(random: Random, history: History) {
    this.#random = random;
    this.#history = history;
  }

  /** A target has accepted a message. */
  deliver(target: string, body: unknown, group: string | undefined): void {
    const queue = this.#queues.get(target);
    if (queue === undefined) return;
    queue.send(body, group);
    if (this.#running.has(target)) return;
    this.#running.add(target);
    void outside(async () => {
      // One may arrive just when all have ended.
      while (!queue.isEmpty) {
        const consumers = Array.from({ length: CONSUMERS }, (_, number) =>
          this.#consume(target as Consumed, queue, number),
        );
        await Promise.all(consumers);
      }
      this.#running.delete(target);
    });
  }

  /** At the end: nothing lies in a queue for ever. */
  check(): void {
    for (const [target, queue] of this.#queues)
      if (!queue.isEmpty) this.#history.violate('consumers', `messages are left in ${target}`);
  }

  async #consume(target: Consumed, queue: Queue, number: number): Promise<void> {
    // At different times, or the first one would take everything.
    await sleep(number * 3);
    while (!queue.isEmpty) {
      const received = queue.receive(MAX_AT_ONCE, VISIBILITY_MS);
      if (received.length === 0) {
        await sleep(queue.waitMs);
        continue;
      }
      const failedGroups = new Set<string | undefined>();
      for (const message of received) {
        // Messages behind a failed one of their group have to wait for it.
        if (message.group !== undefined && failedGroups.has(message.group)) continue;
        if (!(await this.#handle(target, queue, message))) failedGroups.add(message.group);
      }
    }
  }

  /** Handles a message. False: it comes again. */
  async #handle(
    target: Consumed,
    queue: Queue,
    { id, handle, body, receipts, sentAt }: Received,
  ): Promise<boolean> {
    const labels = ['consume', target, id, receipts] as const;
    this.#history.note(`${target} consumer gets ${id} ${receipts}: change ${(body as Message).index}`);
    const isTroubled = receipts <= TROUBLED_RECEIPTS;
    const takesLong = isTroubled && this.#random.percent(5, ...labels, 'long');
    await sleep(this.#random.below(20, ...labels) + (takesLong ? VISIBILITY_MS : 0));
    if (isTroubled && this.#random.percent(10, ...labels, 'fails')) {
      this.#history.count('consumer failed');
      return false;
    }
    // Deleted first: a message behind it may be received from then on, and its consumer waits before it notes it.
    const isDeleted = queue.delete(handle);
    this.#history.count(isDeleted ? 'message consumed' : 'message consumed too late');
    if (receipts > 1) this.#history.count('message received again');
    (this.handled.get(target) as Handled[]).push({
      body: body as Message,
      at: sentAt,
      tooLate: !isDeleted || takesLong,
    });
    return isDeleted;
  }
}
