import type { History } from './world/history.ts';

/** How often each kind of event occurred, and in how many histories; and each pair of kinds in one history. */
export class Tally {
  histories = 0;
  readonly #events: Map<string, number> = new Map();
  readonly #histories: Map<string, number> = new Map();
  readonly #pairs: Map<string, number> = new Map();

  add({ kinds }: Pick<History, 'kinds'>): void {
    this.histories++;
    const names = [...kinds.keys()].toSorted();
    for (const [place, name] of names.entries()) {
      this.#events.set(name, (this.#events.get(name) ?? 0) + (kinds.get(name) ?? 0));
      this.#histories.set(name, (this.#histories.get(name) ?? 0) + 1);
      for (const other of names.slice(place + 1)) {
        const pair = `${name} + ${other}`;
        this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1);
      }
    }
  }

  of(kind: string): number {
    return this.#events.get(kind) ?? 0;
  }

  kinds(): { readonly kind: string; readonly events: number; readonly histories: number }[] {
    return [...this.#events.keys()].toSorted().map((kind) => ({
      kind,
      events: this.of(kind),
      histories: this.#histories.get(kind) ?? 0,
    }));
  }

  /** The pairs of kinds, the rarest first. */
  pairs(): { readonly pair: string; readonly histories: number }[] {
    return [...this.#pairs]
      .toSorted(([, a], [, b]) => a - b)
      .map(([pair, histories]) => ({ pair, histories }));
  }
}
