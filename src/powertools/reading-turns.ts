import { nextTick } from 'node:process';

/**
 * Lets several calls answer one after the other. A turn lasts until the response has been read.
 *
 * Powertools keeps one response per processor, and `processPartialResponse` reads it when `process()` has
 * resolved: a few promise callbacks later, in which another call may finish. The next tick comes when no
 * promise callback is left.
 */
export class ReadingTurns {
  #current: Promise<void> | undefined;

  /** Waits for the turns of other calls, runs the task, and keeps the turn until the tick after it. */
  async take<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    while (this.#current !== undefined) await this.#current;
    const turn = Promise.withResolvers<void>();
    this.#current = turn.promise;
    try {
      return await task();
    } finally {
      nextTick(() => {
        this.#current = undefined;
        turn.resolve();
      });
    }
  }
}
