/** Notifies all waiters of a change. */
export class Notifier {
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  notify(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve();
  }

  /** Resolves at the next notify(), when the signal aborts, or after the timeout. */
  async notified(signal: AbortSignal, timeoutMs: number = Number.POSITIVE_INFINITY): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = (): void => resolve();
    const timer = timeoutMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, timeoutMs);
    signal.addEventListener('abort', done, { once: true });
    await Promise.race([this.#next.promise, promise]);
    clearTimeout(timer);
    signal.removeEventListener('abort', done);
  }
}
