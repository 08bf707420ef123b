import { nextTick } from 'node:process';

/**
 * Lets the responses of several calls be shown one after the other, each until it has been read.
 *
 * Powertools keeps one response per processor, and `processPartialResponse` reads it when `process()` has
 * resolved: a few promise callbacks later, in which another call may finish. The next tick comes when no
 * promise callback is left.
 */
export class ReadingTurns {
  #current: Promise<void> | undefined;

  /** Resolves when nobody is about to read: the caller has its turn, from now until the next tick. */
  async take(): Promise<void> {
    while (this.#current !== undefined) await this.#current;
    this.#current = new Promise((resolve) => {
      nextTick(() => {
        this.#current = undefined;
        resolve();
      });
    });
  }
}
