import type { Machine } from '../report-writer/machine.ts';
import { type Summary, summaryOf } from '../statistics.ts';
import { Host } from './host.ts';
import type { Effort, GroupPlan, Sample } from './plan.ts';

/** The result of one entrant. */
export interface Result extends Summary {
  /** The highest count of any turn. */
  readonly facts: Readonly<Record<string, number>>;
}

/** Where and when something was measured. */
export interface Origin {
  readonly date: string;
  readonly machine: Machine;
}

/** The result of a group. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly results: Readonly<Record<string, Result>>;
  /** Notes that explain the numbers, and the skipped entrants with their reasons. */
  readonly notes: readonly string[];
  /** Where and when it was measured, if not in the run that the rest of the report is of. */
  readonly measured?: Origin;
}

export interface RunOptions {
  readonly effort: Effort;
  /** Puts all entrants of a group into one process. */
  readonly sameProcess: boolean;
  /** Gets the current step, in a few words. */
  readonly progress: (doing: string) => void;
}

/**
 * Measures a group in rounds: each round gives every entrant one turn, the order rotated from round to
 * round, so that whatever slows the machine down for a while slows all of them. No other entrant runs meanwhile.
 */
export async function runGroup(plan: GroupPlan, options: RunOptions): Promise<Group> {
  const samples = new Map<string, Sample[]>();
  const hosts = new Hosts(plan, options);
  try {
    options.progress('starting');
    const names = await hosts.start();
    for (let round = 0; round < plan.warmups + plan.rounds; round++) {
      options.progress(`round ${round + 1} of ${plan.warmups + plan.rounds}`);
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round) % names.length] as string;
        const sample = await hosts.turn(name);
        if (round >= plan.warmups) samples.set(name, [...(samples.get(name) ?? []), sample]);
      }
    }
    const results = names.map((name) => [name, resultOf(samples.get(name) ?? [])] as const);
    return {
      id: plan.id,
      title: plan.title,
      unit: plan.unit,
      results: Object.fromEntries(results),
      notes: [...(plan.notes ?? []), ...hosts.skipped],
    };
  } finally {
    await hosts.stop();
  }
}

function resultOf(samples: readonly Sample[]): Result {
  const facts: Record<string, number> = {};
  for (const sample of samples) {
    for (const [fact, count] of Object.entries(sample.facts ?? {})) {
      facts[fact] = Math.max(facts[fact] ?? count, count);
    }
  }
  return { ...summaryOf(samples.map(({ value }) => value)), facts };
}

/** The processes of one group. */
class Hosts {
  readonly skipped: string[] = [];
  readonly #plan: GroupPlan;
  readonly #options: RunOptions;
  readonly #byName: Map<string, Host> = new Map();
  readonly #all: Host[] = [];

  constructor(plan: GroupPlan, options: RunOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  /** @returns the names that take part */
  async start(): Promise<string[]> {
    const { places } = this.#plan;
    const byHost = Map.groupBy(places, ({ host }) => (this.#options.sameProcess ? 'all' : host));
    const starts = [...byHost.values()].map((members) => this.#start(members.map(({ name }) => name)));
    // Settled, not all: when one fails to start, the others have to be there to be stopped.
    const failed = (await Promise.allSettled(starts)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
    return places.map(({ name }) => name).filter((name) => this.#byName.has(name));
  }

  async turn(name: string): Promise<Sample> {
    if (!this.#byName.has(name)) await this.#start([name]);
    const host = this.#byName.get(name) as Host;
    const sample = await host.turn(name);
    if (this.#plan.freshProcesses) {
      this.#byName.delete(name);
      await host.stop();
    }
    return sample;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((host) => host.stop()));
  }

  async #start(names: readonly string[]): Promise<void> {
    const { host, skipped } = await Host.start(this.#plan, this.#options.effort, names);
    this.#all.push(host);
    for (const name of names) if (skipped[name] === undefined) this.#byName.set(name, host);
    for (const [name, reason] of Object.entries(skipped)) {
      this.skipped.push(`${name} was skipped: ${reason}`);
    }
  }
}
