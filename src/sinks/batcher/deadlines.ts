import type { Entry, Payload } from './entry.ts';

/** Which entries end with which signal. */
export class Deadlines<P extends Payload> {
  /** One listener for all entries of a signal: a batch may have thousands. */
  readonly #bound: Map<AbortSignal, Set<Entry<P>>> = new Map();
  readonly #reached: (entries: Iterable<Entry<P>>) => void;

  /** @param reached gets all entries that end with a signal, once it is aborted */
  constructor(reached: (entries: Iterable<Entry<P>>) => void) {
    this.#reached = reached;
  }

  bind(entry: Entry<P>): void {
    for (const signal of entry.signals) {
      let bound = this.#bound.get(signal);
      if (bound === undefined) {
        bound = new Set();
        this.#bound.set(signal, bound);
        signal.addEventListener('abort', this.#aborted);
      }
      bound.add(entry);
    }
  }

  unbind(entry: Entry<P>): void {
    for (const signal of entry.signals) {
      const bound = this.#bound.get(signal);
      bound?.delete(entry);
      if (bound?.size === 0) this.#release(signal);
    }
  }

  readonly #aborted = (event: Event): void => {
    const signal = event.target as AbortSignal;
    const bound = this.#bound.get(signal) as Set<Entry<P>>;
    this.#release(signal);
    this.#reached(bound);
  };

  #release(signal: AbortSignal): void {
    this.#bound.delete(signal);
    signal.removeEventListener('abort', this.#aborted);
  }
}
