/** A part of the work. Between two runs it is at rest: what it still holds then, it holds for good. */
export interface Load {
  /**
   * Works, and comes to rest.
   *
   * @param until aborts when work that has no end of its own has to end
   * @returns how many records were processed
   * @throws when the work shows a fault, such as a lost record
   */
  run(until: AbortSignal): Promise<number>;
  /** Listeners on objects that live as long as the load. */
  listeners(): number;
  close(): Promise<void>;
}
