import type { Setup } from './setup.ts';

// Formulas that the simulation has to agree with.

/** The most that GetRecords returns. */
const PAGE = 1000;

/**
 * The batches that a slot delivers one after the other while records wait. Without a batching window a batch comes from one
 * page, which the slots share.
 */
function batchesOf({ batchSize, windowSeconds, parallelizationFactor }: Setup): readonly number[] {
  if (windowSeconds > 0) return [batchSize];
  const share = PAGE / parallelizationFactor;
  const rest = share % batchSize;
  const full = Array.from({ length: Math.floor(share / batchSize) }, () => batchSize);
  return rest === 0 ? full : [...full, rest];
}

/**
 * The time of the function for a batch of so many records: handlers run in rounds of `concurrency`, and the records of one lane
 * one after the other.
 */
export function batchMs({ spread, order, concurrency, handlerMs }: Setup, records: number): number {
  return rounds() * handlerMs;

  function rounds(): number {
    if (order === 'shard') return records;
    const wide = Math.ceil(records / concurrency);
    if (spread.kind === 'hot') return Math.max(wide, spread.share * records);
    if (spread.kind === 'partitions' && order === 'partition')
      return Math.ceil(spread.count / concurrency) * Math.ceil(records / spread.count);
    return wide;
  }
}

/** Records per second that a mapping keeps up with. */
export function capacity(setup: Setup): number {
  const batches = batchesOf(setup);
  const ms = batches.reduce((sum, records) => sum + setup.overheadMs + batchMs(setup, records), 0);
  return (setup.shards * setup.parallelizationFactor * sumOf(batches) * 1000) / ms;
}

/** Seconds by which the lag grows in a second when so many records per second come. */
export function lagGrowth(setup: Setup, rate: number): number {
  return Math.max(0, 1 - capacity(setup) / rate);
}

/** GB-seconds for a million records, while records wait. */
export function gbSecondsPerMillion(setup: Setup): number {
  const batches = batchesOf(setup);
  const ms = batches.reduce((sum, records) => sum + batchMs(setup, records), 0);
  return (1e6 / sumOf(batches)) * (ms / 1000) * (setup.memoryMB / 1024);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
