import { type Summary, summaryOf } from '../statistics.ts';
import { Host } from './host.ts';
import type { Effort, GroupPlan, Sample } from './plan.ts';

/** What one entrant came to. */
export interface Result extends Summary {
  /** The highest count of any turn. */
  readonly facts: Readonly<Record<string, number>>;
}

/** What a group came to. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly results: Readonly<Record<string, Result>>;
  /** What has to be known to read the numbers, and who was skipped why. */
  readonly notes: readonly string[];
}

export interface RunOptions {
  readonly effort: Effort;
  /** Puts all entrants of a group into one process. */
  readonly sameProcess: boolean;
  /** Told what is going on, in a few words. */
  readonly progress: (doing: string) => void;
}

/**
 * Measures a group in rounds: each round gives every entrant one turn, the order rotated from round to
 * round, so that whatever slows the machine down for a while slows all of them. Nobody else runs meanwhile.
 */
export async function runGroup(plan: GroupPlan, options: RunOptions): Promise<Group> {
  const samples = new Map<string, Sample[]>();
  const hosts = new Hosts(plan, options);
  try {
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

  constructor(plan: GroupPlan, options: RunOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  /** @returns the names that take part */
  async start(): Promise<string[]> {
    const { places, freshProcesses } = this.#plan;
    const byHost = Map.groupBy(places, ({ host }) => (this.#options.sameProcess ? 'all' : host));
    for (const [, members] of byHost) {
      this.#options.progress(`starting ${members[0]?.host}`);
      const names = members.map(({ name }) => name);
      const { host, skipped } = await this.#start(names);
      for (const name of names) if (skipped[name] === undefined) this.#byName.set(name, host);
      for (const [name, reason] of Object.entries(skipped)) {
        this.skipped.push(`${name} was skipped: ${reason}`);
      }
      if (freshProcesses) await host.stop();
    }
    return places.map(({ name }) => name).filter((name) => this.#byName.has(name));
  }

  async turn(name: string): Promise<Sample> {
    if (!this.#plan.freshProcesses) return (this.#byName.get(name) as Host).turn(name);
    const { host } = await this.#start([name]);
    try {
      return await host.turn(name);
    } finally {
      await host.stop();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...new Set(this.#byName.values())].map((host) => host.stop()));
  }

  #start(names: readonly string[]) {
    return Host.start(this.#plan, this.#options.effort, names);
  }
}
