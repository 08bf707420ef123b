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
        const pair = pairOf(name, other);
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

  /** All pairs of kinds, the rarest first: also those that never met in a history. */
  pairs(): { readonly kind: string; readonly other: string; readonly histories: number }[] {
    const names = [...this.#events.keys()].toSorted();
    return names
      .flatMap((kind, place) =>
        names.slice(place + 1).map((other) => ({
          kind,
          other,
          histories: this.#pairs.get(pairOf(kind, other)) ?? 0,
        })),
      )
      .toSorted((a, b) => a.histories - b.histories);
  }

  /** Both tables in Markdown. */
  markdown(title: string): string {
    const pairs = this.pairs();
    const met = pairs.filter(({ histories }) => histories > 0);
    return [
      `# ${title}`,
      '## Kinds of events',
      table(
        ['kind', 'events', 'histories'],
        this.kinds().map(({ kind, events, histories }) => [kind, events, histories]),
      ),
      '## Pairs of kinds in one history',
      `${met.length} of ${pairs.length} pairs occurred.`,
      table(
        ['kind', 'and', 'histories'],
        pairs.map(({ kind, other, histories }) => [kind, other, histories]),
      ),
      '',
    ].join('\n\n');
  }
}

function pairOf(kind: string, other: string): string {
  return `${kind} + ${other}`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, place) => (place === head.length - 1 ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}
