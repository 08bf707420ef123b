/** A slope, and the bounds between which it is with 95 % confidence. */
export interface Slope {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** 95 % of a normal distribution are within so many standard deviations. */
const DEVIATIONS = 1.96;

/**
 * Estimates how fast a value grows: the median of the slopes between all pairs of points. Single points that are far off,
 * such as one taken just before a cache was dropped, do not move it. The bounds are those of Sen (1968), from Kendall's tau.
 *
 * @see https://doi.org/10.1080/01621459.1968.10480934
 */
export function theilSen(points: readonly (readonly [x: number, y: number])[]): Slope {
  const count = points.length;
  const slopes = points
    .flatMap(([x, y], index) =>
      points.slice(index + 1).map(([otherX, otherY]) => (otherY - y) / (otherX - x)),
    )
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  if (slopes.length === 0)
    return { slope: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const spread = DEVIATIONS * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const at = (rank: number): number | undefined => slopes[rank];
  const middle = (slopes.length - 1) / 2;
  return {
    slope: ((at(Math.floor(middle)) as number) + (at(Math.ceil(middle)) as number)) / 2,
    low: at(Math.floor((slopes.length - spread) / 2)) ?? Number.NEGATIVE_INFINITY,
    high: at(Math.ceil((slopes.length + spread) / 2)) ?? Number.POSITIVE_INFINITY,
  };
}
