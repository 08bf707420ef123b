import { PRICES, type Setup } from './setup.ts';

/** The figures of a simulation, all shards together. */
export interface Figures {
  readonly records: number;
  readonly recordsPerSecond: number;
  readonly invocations: number;
  readonly invocationsPerSecond: number;
  /** Executions at once: on average, and at most. */
  readonly concurrentExecutions: number;
  readonly maxExecutions: number;
  /** From the write of a change until its handler has finished. */
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  /** Seconds by which the lag grows in a second; near 0 below capacity. */
  readonly lagGrowth: number;
  readonly gbSecondsPerMillion: number;
  /** Of requests and GB-seconds, for a million records. */
  readonly usdPerMillion: number;
}

/** The share of the time that passes before anything is measured. */
export const WARM_UP = 0.2;

/** Measures a simulation, all shards together. */
export class Meter {
  readonly #setup: Setup;
  readonly #from: number;
  readonly #until: number;
  readonly #handledAt: Map<string, number> = new Map();
  readonly #done: { readonly at: number; readonly lagMs: number }[] = [];
  #invocations = 0;
  #executionMs = 0;
  #billedMs = 0;
  #running = 0;
  #maxRunning = 0;
  #last = 0;

  /** @param durationMs until when it is measured; Infinity: until the end, and from the start */
  constructor(setup: Setup, durationMs: number) {
    this.#setup = setup;
    this.#from = durationMs === Number.POSITIVE_INFINITY ? 0 : durationMs * WARM_UP;
    this.#until = durationMs;
  }

  begin(at: number): void {
    this.#running++;
    this.#maxRunning = Math.max(this.#maxRunning, this.#running);
    if (this.#measures(at)) this.#invocations++;
  }

  end(startedAt: number, at: number): void {
    this.#running--;
    this.#last = at;
    if (!this.#measures(startedAt)) return;
    this.#executionMs += at - startedAt;
    // Lambda bills whole milliseconds.
    this.#billedMs += Math.ceil(at - startedAt);
  }

  handled(sequenceNumber: string): void {
    this.#handledAt.set(sequenceNumber, performance.now());
  }

  processed(sequenceNumber = '', writtenAt: number): void {
    const at = this.#handledAt.get(sequenceNumber);
    if (at === undefined) throw new Error(`${sequenceNumber} is processed, and no handler has finished it.`);
    this.#handledAt.delete(sequenceNumber);
    if (this.#measures(at)) this.#done.push({ at, lagMs: at - writtenAt });
  }

  #measures(at: number): boolean {
    return at >= this.#from && at < this.#until;
  }

  figures(): Figures {
    const records = this.#done.length;
    const seconds = (Math.min(this.#until, this.#last) - this.#from) / 1000;
    const lags = this.#done.map(({ lagMs }) => lagMs).sort((a, b) => a - b);
    const gbSeconds = (this.#billedMs / 1000) * (this.#setup.memoryMB / 1024);
    const usd = (this.#invocations / 1e6) * PRICES.usdPerMillionRequests + gbSeconds * PRICES.usdPerGBSecond;
    return {
      records,
      recordsPerSecond: records / seconds,
      invocations: this.#invocations,
      invocationsPerSecond: this.#invocations / seconds,
      concurrentExecutions: this.#executionMs / 1000 / seconds,
      maxExecutions: this.#maxRunning,
      lagP50Ms: lags[Math.floor(records * 0.5)] ?? Number.NaN,
      lagP99Ms: lags[Math.floor(records * 0.99)] ?? Number.NaN,
      lagGrowth: slopeOf(this.#done),
      gbSecondsPerMillion: (gbSeconds / records) * 1e6,
      usdPerMillion: (usd / records) * 1e6,
    };
  }
}

/** The slope of the line that fits best, by least squares. */
function slopeOf(points: readonly { readonly at: number; readonly lagMs: number }[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = mean(points.map((point) => point.at));
  const lag = mean(points.map((point) => point.lagMs));
  const above = points.reduce((sum, point) => sum + (point.at - at) * (point.lagMs - lag), 0);
  const below = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
