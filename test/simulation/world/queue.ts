import { timersNow } from './clock.ts';

/** A message that lies in a queue. */
interface Lying {
  readonly id: string;
  readonly body: unknown;
  readonly group: string | undefined;
  readonly sentAt: number;
  /** By the clock of timers: before that no other consumer gets it. */
  visibleAt: number;
  receipts: number;
  firstReceivedAt: number;
}

/** A message as a consumer gets it. */
export interface Received {
  readonly id: string;
  /** Changes with each receipt. */
  readonly handle: string;
  readonly body: unknown;
  readonly group: string | undefined;
  readonly receipts: number;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
}

/**
 * An SQS queue, as consumers see it: a message that was received stays invisible for a while, and comes again unless it
 * is deleted. Of a FIFO queue the messages of a group come in order, and none while one before it is out.
 */
export class Queue {
  readonly #isFifo: boolean;
  readonly #lying: Lying[] = [];
  #sent = 0;

  constructor(isFifo: boolean) {
    this.#isFifo = isFifo;
  }

  get isEmpty(): boolean {
    return this.#lying.length === 0;
  }

  /** Messages that were received and not deleted. */
  get inFlight(): number {
    const now = timersNow();
    return this.#lying.filter(({ visibleAt }) => visibleAt > now).length;
  }

  /** Milliseconds until a message can be received. */
  get waitMs(): number {
    const next = Math.min(...this.#lying.map(({ visibleAt }) => visibleAt));
    return Math.max(1, Math.ceil(next - timersNow()));
  }

  has(id: string): boolean {
    return this.#lying.some((message) => message.id === id);
  }

  send(body: unknown, group: string | undefined): string {
    const id = `message-${this.#sent++}`;
    this.#lying.push({ id, body, group, sentAt: Date.now(), visibleAt: 0, receipts: 0, firstReceivedAt: 0 });
    return id;
  }

  receive(most: number, visibilityMs: number): readonly Received[] {
    const now = timersNow();
    const blocked = new Set(
      this.#lying.filter(({ visibleAt }) => this.#isFifo && visibleAt > now).map(({ group }) => group),
    );
    const free = this.#lying.filter(({ visibleAt, group }) => visibleAt <= now && !blocked.has(group));
    return free.slice(0, most).map((message) => {
      message.visibleAt = now + visibilityMs;
      message.receipts++;
      message.firstReceivedAt ||= Date.now();
      return { ...message, handle: `${message.id} ${message.receipts}` };
    });
  }

  /** Tells if the receipt is still good: of a FIFO queue it is, until the message is visible again. */
  delete(handle: string): boolean {
    const place = this.#lying.findIndex((message) => this.#isOf(message, handle));
    if (place === -1) return false;
    this.#lying.splice(place, 1);
    return true;
  }

  setVisibility(handle: string, ms: number): boolean {
    const message = this.#lying.find((lying) => this.#isOf(lying, handle));
    if (message !== undefined) message.visibleAt = timersNow() + ms;
    return message !== undefined;
  }

  #isOf({ id, receipts, visibleAt }: Lying, handle: string): boolean {
    if (!this.#isFifo) return handle.startsWith(`${id} `);
    return handle === `${id} ${receipts}` && visibleAt > timersNow();
  }
}
