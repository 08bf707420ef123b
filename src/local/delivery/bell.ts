/** Wakes all that wait for a change. */
export class Bell {
  #ringing: PromiseWithResolvers<void> = Promise.withResolvers();

  ring(): void {
    const { resolve } = this.#ringing;
    this.#ringing = Promise.withResolvers();
    resolve();
  }

  /** Resolves at the next ring, when the signal aborts, or after so long. */
  async heard(signal: AbortSignal, timeoutMs: number = Number.POSITIVE_INFINITY): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = (): void => resolve();
    const timer = timeoutMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(done, timeoutMs);
    signal.addEventListener('abort', done, { once: true });
    await Promise.race([this.#ringing.promise, promise]);
    clearTimeout(timer);
    signal.removeEventListener('abort', done);
  }
}
