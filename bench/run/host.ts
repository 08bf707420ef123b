import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Ready, Turn } from './messages.ts';
import type { Effort, GroupPlan, Sample } from './plan.ts';

/** The memory of the function that the bench stands for, in MB. */
export const FUNCTION_MEMORY_MB = 512;

// As the bootstrap of Lambda's Node runtimes computes them: a tenth of the memory for new objects, in two halves.
const LAMBDA_HEAP = [
  `--max-semi-space-size=${Math.floor(FUNCTION_MEMORY_MB / 20)}`,
  `--max-old-space-size=${FUNCTION_MEMORY_MB - Math.floor(FUNCTION_MEMORY_MB / 10)}`,
];

const MAIN = new URL('./host-main.ts', import.meta.url);

/** A process with entrants of one group. It idles until it is given a turn. */
export class Host {
  readonly #child: ChildProcess;
  readonly #label: string;

  private constructor(child: ChildProcess, label: string) {
    this.#child = child;
    this.#label = label;
  }

  static async start(
    plan: GroupPlan,
    effort: Effort,
    names: readonly string[],
  ): Promise<{ host: Host; skipped: Ready['skipped'] }> {
    const args = [plan.id, JSON.stringify(effort), JSON.stringify(names)];
    // gc() for clean heaps where memory is measured, and to let events settle.
    const execArgv = ['--expose-gc', ...LAMBDA_HEAP, ...(plan.nodeFlags ?? [])];
    const child = fork(MAIN, args, { execArgv });
    const host = new Host(child, `${plan.id} (${names.join(', ')})`);
    const { skipped } = await host.#receive<Ready>();
    return { host, skipped };
  }

  /** @throws when the entrant did not do its work, or the process ended */
  async turn(name: string): Promise<Sample> {
    const answer = this.#receive<Turn>();
    this.#child.send(name);
    const turn = await answer;
    if ('error' in turn) throw new Error(`${this.#label}: ${turn.error}`);
    return turn.sample;
  }

  async stop(): Promise<void> {
    if (!this.#child.connected) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    this.#child.kill();
    await exited;
  }

  async #receive<T>(): Promise<T> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const message = once(this.#child, 'message', { signal });
    const exit = once(this.#child, 'exit', { signal }).then(([code, killer]) => {
      throw new Error(`${this.#label}: the process ended with ${killer ?? code}`);
    });
    exit.catch(() => {});
    message.catch(() => {});
    try {
      const [received] = await Promise.race([message, exit]);
      return received as T;
    } finally {
      waiting.abort();
    }
  }
}
