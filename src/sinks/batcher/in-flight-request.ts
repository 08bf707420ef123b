/** A request under way: it ends with its answer, at its timeout, or when no entry waits for it any more. */
export class InFlightRequest {
  readonly #controller: AbortController = new AbortController();
  readonly #timeoutMs: number;
  #waiting: number;

  constructor(entries: number, timeoutMs: number) {
    this.#waiting = entries;
    this.#timeoutMs = timeoutMs;
  }

  /** Makes the request, and ends with it or without it: a client that ignores its signal must not hold a place. */
  async run<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    const timer = setTimeout(
      () => this.#controller.abort(new DOMException('The request took too long.', 'TimeoutError')),
      this.#timeoutMs,
    );
    try {
      return await new Promise<T>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        request(signal).then(resolve, reject);
      });
    } catch (error) {
      // The SDK names every abort the same.
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** One of the entries waits no longer. */
  leave(): void {
    if (--this.#waiting === 0) this.#controller.abort();
  }
}
