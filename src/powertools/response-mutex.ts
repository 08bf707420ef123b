import { nextTick } from 'node:process';

/**
 * Lets calls that run at the same time respond one after the other. Each holds the mutex until its response has been read.
 *
 * Powertools keeps one response per processor, and `processPartialResponse` reads it when `process()` has
 * resolved: a few promise callbacks later, in which another call may finish. The next tick comes when no
 * promise callback is left.
 */
export class ResponseMutex {
  #current: Promise<void> | undefined;

  /** Waits for other calls, runs the task, and holds the mutex until the tick after it. */
  async runExclusive<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    while (this.#current !== undefined) await this.#current;
    const section = Promise.withResolvers<void>();
    this.#current = section.promise;
    try {
      return await task();
    } finally {
      nextTick(() => {
        this.#current = undefined;
        section.resolve();
      });
    }
  }
}
