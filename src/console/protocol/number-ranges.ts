import type { NumberRanges } from './events.ts';

/** Writes numbers as runs: `[1, 2, 3, 7]` is `[[1, 3], [7, 7]]`. */
export function rangesOf(numbers: readonly number[]): NumberRanges {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/** Reads {@link rangesOf}. */
export function numbersIn(ranges: NumberRanges): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n));
}
