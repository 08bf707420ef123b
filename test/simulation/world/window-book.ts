import type { WindowDecision } from '../../../src/delivery/tumbling-window.ts';
import type { World } from './world.ts';

type Closed = Extract<WindowDecision, { readonly type: 'windowClosed' }>;

/** Compares what windows counted with a naive count. */
export class WindowBook {
  readonly #world: World;
  /** The changes in the last `close` that completed, by shard. */
  readonly #last: Map<string, readonly number[]> = new Map();
  #counted: number[] = [];
  readonly #lost: Set<string> = new Set();

  constructor(world: World) {
    this.#world = world;
  }

  close(shardId: string, seen: readonly number[]): void {
    this.#last.set(shardId, seen);
  }

  closed(shardId: string, { outcome, window }: Closed): void {
    const { history } = this.#world;
    history.count(`window ${outcome}`);
    const seen = this.#last.get(shardId);
    this.#last.delete(shardId);
    if (outcome === 'discarded') this.#lost.add(`${shardId} ${window.start}`);
    else if (seen === undefined)
      history.violate('windows', `a window of ${shardId} closed, and its close never completed`);
    else this.#counted.push(...seen);
  }

  rebuild(): void {
    this.#last.clear();
    this.#counted = [];
    this.#lost.clear();
  }

  /** Each change that was not discarded is counted once, unless the state of its window was lost. */
  check(): void {
    const { scenario, history, journal, changes } = this.#world;
    if (scenario.fn.entryPoint !== 'window') return;
    if (this.#lost.size > 0) return;
    for (const { index } of changes) {
      const times = this.#counted.filter((counted) => counted === index).length;
      const wanted = journal.fateOf(index).ended === 'succeeded' ? 1 : 0;
      if (times !== wanted)
        history.violate('windows', `change ${index} was counted ${times} times, and not ${wanted}`);
    }
  }
}
