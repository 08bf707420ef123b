import type { LocalEventSourceMapping } from '../../local/event-source-mapping.ts';

/** A mapping that can be made to start a later retry at once. */
export class RestartableMapping {
  readonly mapping: LocalEventSourceMapping;
  /** Batches that wait for their next attempt, by request. */
  readonly #waiting: Set<string> = new Set();

  constructor(mapping: LocalEventSourceMapping) {
    this.mapping = mapping;
    mapping.on('retry', ({ requestId }) => this.#waiting.add(requestId));
    mapping.on('invocation', ({ requestId }) => this.#waiting.delete(requestId));
  }

  /** Goes on after a pause; a batch that waits for a retry gets it now, and its retries begin anew. */
  async again(): Promise<void> {
    if (this.#waiting.size > 0) {
      this.#waiting.clear();
      await this.mapping.pause();
    }
    await this.mapping.resume();
  }
}
