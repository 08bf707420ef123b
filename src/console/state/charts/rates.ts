import type { ConsoleEvent, NumberRanges, ShownRecord } from '../../protocol/events.ts';

/** The measures of a chart. */
export type Measure = 'lag' | 'throughput' | 'errors';

/** One second of a shard. */
interface Sample {
  /** Seconds; undefined: no invocation began. */
  lag: number | undefined;
  records: number;
  errors: number;
}

/** The columns of a chart, as uPlot takes them: seconds since the epoch, then the values of each shard. */
export interface Columns {
  readonly seconds: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

/** The last values of a shard. */
export interface Latest {
  readonly shardId: string;
  /** Seconds, of the last invocation. */
  readonly lag: number | undefined;
  /** Records and failed invocations of the last whole second. */
  readonly throughput: number;
  readonly errors: number;
}

const KEPT_SECONDS = 600;

/**
 * Lag, throughput and errors of each shard, second by second, for ten minutes.
 *
 * The lag is the age of the last record of an invocation when it begins, as the metric IteratorAge of Lambda has it. Records
 * give the second in which they were made, so a lag can be up to one second too long.
 */
export class Rates {
  readonly #shards: Map<string, Map<number, Sample>> = new Map();
  readonly #lags: Map<string, number> = new Map();

  /** In the order in which they began. */
  get shardIds(): readonly string[] {
    return [...this.#shards.keys()];
  }

  take(event: ConsoleEvent, recordOf: (number: number) => ShownRecord | undefined): void {
    switch (event.event) {
      case 'invocationStarted': {
        const lag = lagOf(event.time, event.records, recordOf);
        if (lag === undefined) break;
        this.#lags.set(event.shardId, lag);
        const sample = this.#sample(event);
        sample.lag = Math.max(sample.lag ?? 0, lag);
        break;
      }
      case 'invocation':
        this.#sample(event).errors += event.outcome === 'failed' || event.outcome === 'partial' ? 1 : 0;
        break;
      case 'checkpoint':
        this.#sample(event).records += event.records.reduce(
          (sum, [first, last]) => sum + last - first + 1,
          0,
        );
        break;
    }
  }

  /** The seconds before `untilMs`, for these shards. */
  columns(measure: Measure, shardIds: readonly string[], untilMs: number, count: number): Columns {
    const end = Math.floor(untilMs / 1000);
    const seconds = Array.from({ length: count }, (_, index) => end - count + index);
    const values = shardIds.map((shardId) => {
      const samples = this.#shards.get(shardId);
      return seconds.map((second) => measured(samples?.get(second), measure));
    });
    return { seconds, values };
  }

  latest(untilMs: number): readonly Latest[] {
    const second = Math.floor(untilMs / 1000) - 1;
    return [...this.#shards].map(([shardId, samples]) => ({
      shardId,
      lag: this.#lags.get(shardId),
      throughput: samples.get(second)?.records ?? 0,
      errors: samples.get(second)?.errors ?? 0,
    }));
  }

  #sample({ shardId, time }: { readonly shardId: string; readonly time: string }): Sample {
    const second = Math.floor(Date.parse(time) / 1000);
    const samples = this.#shards.get(shardId) ?? new Map<number, Sample>();
    this.#shards.set(shardId, samples);
    const sample = samples.get(second) ?? { lag: undefined, records: 0, errors: 0 };
    if (!samples.has(second)) {
      samples.set(second, sample);
      for (const old of samples.keys()) {
        if (old > second - KEPT_SECONDS) break;
        samples.delete(old);
      }
    }
    return sample;
  }
}

function measured(sample: Sample | undefined, measure: Measure): number | null {
  if (measure === 'lag') return sample?.lag ?? null;
  return (measure === 'throughput' ? sample?.records : sample?.errors) ?? 0;
}

function lagOf(
  time: string,
  records: NumberRanges,
  recordOf: (number: number) => ShownRecord | undefined,
): number | undefined {
  const last = records.at(-1)?.[1];
  const createdAt = last === undefined ? undefined : recordOf(last)?.createdAt;
  return createdAt === undefined ? undefined : Math.max(0, Date.parse(time) / 1000 - createdAt);
}
