/** The summary of a series of measurements. */
export interface Summary {
  readonly median: number;
  /** Half of the samples lie between these two. */
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly samples: number;
}

export function summaryOf(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('summaryOf: there is nothing to summarise');
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
    samples: sorted.length,
  };
}

/** Linear between the two nearest samples, as R, NumPy and spreadsheets do it by default. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
