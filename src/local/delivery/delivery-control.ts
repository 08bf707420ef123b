import { wait } from '../../stream/wait.ts';

/**
 * The answer to an invocation that is about to begin.
 *
 * - `now`: it begins.
 * - `delayed`: it was held back, so its records may be too old by now. The delivery engine decides anew.
 * - `skipped`: its records are discarded instead.
 */
export type Admission = 'now' | 'delayed' | 'skipped';

/** An invocation that is still to come. */
interface Waiting {
  /** True if its records have failed or were throttled before. */
  readonly isRetry: boolean;
  /** When it is due, as `performance.now()` says; undefined: it is held back by a pause. */
  readonly dueAt: number | undefined;
  /** Ends the wait. */
  readonly end: () => void;
}

/**
 * The commands of the live console to the deliveries of a mapping: pause, step, and what happens to a batch that is retried.
 *
 * A pause holds back invocations, and nothing else. The stream is read on, and the count of retries, the halves of batches and open windows
 * are kept. `pause()` of the mapping keeps none of them. The mapping can be disabled and enabled meanwhile, as when code has changed: the pause lasts.
 */
export class DeliveryControl {
  #isPaused = false;
  /** The next invocation may begin, whichever it is. */
  #hasStep = false;
  /** Orders about the next invocation of a batch, by request id. */
  readonly #orders: Map<string, 'begin' | 'skip'> = new Map();
  /** By request id, the one that waits longest first. */
  readonly #waiting: Map<string, Waiting> = new Map();

  /** True if invocations are held back. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Holds back invocations from now on. Those that run go on. */
  pause(): void {
    this.#isPaused = true;
    this.#hasStep = false;
  }

  /** Ends the pause. */
  resume(): void {
    this.#isPaused = false;
    this.#hasStep = false;
    for (const [requestId, { dueAt }] of [...this.#waiting]) {
      if (dueAt === undefined) this.#order(requestId, 'begin');
    }
  }

  /**
   * Lets one invocation begin, and holds back all others: the one that is held back longest. If none is, it is the retry that is due first,
   * or else the next one that comes.
   */
  step(): void {
    this.pause();
    const all = [...this.#waiting];
    const [first] =
      all.find(([, { dueAt }]) => dueAt === undefined) ??
      all.toSorted(([, a], [, b]) => (a.dueAt as number) - (b.dueAt as number))[0] ??
      [];
    if (first === undefined) this.#hasStep = true;
    else this.#order(first, 'begin');
  }

  /** Ends the wait of a failed batch, also during a pause. @returns false if the batch does not wait */
  retryNow(requestId: string): boolean {
    return this.#orderRetry(requestId, 'begin');
  }

  /** Discards a failed batch, as if its retries were used up. @returns false if the batch does not wait */
  skip(requestId: string): boolean {
    return this.#orderRetry(requestId, 'skip');
  }

  /** Waits for the delay of a failed batch. A command or the signal ends it early. */
  async delay(requestId: string, delayMs: number, signal: AbortSignal): Promise<void> {
    await this.#wait(requestId, { isRetry: true, delayMs, signal });
  }

  /** Waits until an invocation may begin. The signal ends it early. */
  async admit(requestId: string, isRetry: boolean, signal: AbortSignal): Promise<Admission> {
    const order = this.#orders.get(requestId);
    this.#orders.delete(requestId);
    if (order === 'skip') return 'skipped';
    if (order === 'begin' || !this.#isPaused) return 'now';
    if (this.#hasStep) {
      this.#hasStep = false;
      return 'now';
    }
    await this.#wait(requestId, { isRetry, delayMs: undefined, signal });
    return 'delayed';
  }

  async #wait(
    requestId: string,
    {
      isRetry,
      delayMs,
      signal,
    }: { readonly isRetry: boolean; readonly delayMs: number | undefined; readonly signal: AbortSignal },
  ): Promise<void> {
    if (signal.aborted) return;
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const dueAt = delayMs === undefined ? undefined : performance.now() + delayMs;
    this.#waiting.set(requestId, { isRetry, dueAt, end });
    signal.addEventListener('abort', end, { once: true });
    await wait(delayMs ?? Number.POSITIVE_INFINITY, ending.signal);
    signal.removeEventListener('abort', end);
    this.#waiting.delete(requestId);
    // The mapping stops: an order about this batch is void.
    if (signal.aborted) this.#orders.delete(requestId);
  }

  #orderRetry(requestId: string, order: 'begin' | 'skip'): boolean {
    if (this.#waiting.get(requestId)?.isRetry !== true) return false;
    this.#order(requestId, order);
    return true;
  }

  #order(requestId: string, order: 'begin' | 'skip'): void {
    this.#orders.set(requestId, order);
    this.#waiting.get(requestId)?.end();
    // At once, so that the next command finds another one.
    this.#waiting.delete(requestId);
  }
}
