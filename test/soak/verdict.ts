import type { Holdings } from './sample.ts';
import { type Slope, theilSen } from './theil-sen.ts';

/** Holdings, and the millions of records that had been processed by then. */
export interface Sample extends Holdings {
  readonly millions: number;
}

export interface Row extends Slope {
  readonly name: keyof Holdings;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  /** Growth for each million records that is allowed. */
  readonly limit: number;
  readonly grows: boolean;
}

export interface Limits {
  readonly heapKibPerMillion: number;
  readonly rssKibPerMillion: number;
}

/** Compiled code, caches and pools of connections fill in the first part of a run. */
const WARM_UP = 0.25;
/** Counts may differ between two moments of rest. Over the whole run they may grow by this. */
const COUNT_TOLERANCE = 2;

/** Judges a run: a value grows if even the lower bound of its slope is above the limit. */
export function verdictOf(samples: readonly Sample[], limits: Limits): readonly Row[] {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const span = Math.max((warm.at(-1)?.millions ?? 0) - (warm[0]?.millions ?? 0), Number.EPSILON);
  const row = (name: keyof Holdings, unit: string, divisor: number, limit: number): Row => {
    const values = warm.map((sample) => [sample.millions, sample[name] / divisor] as const);
    const slope = theilSen(values);
    const first = values[0]?.[1] ?? Number.NaN;
    const last = values.at(-1)?.[1] ?? Number.NaN;
    return { name, unit, first, last, limit, ...slope, grows: slope.low > limit };
  };
  return [
    row('heapBytes', 'KiB', 1024, limits.heapKibPerMillion),
    row('rssBytes', 'KiB', 1024, limits.rssKibPerMillion),
    ...COUNTS.map((name) => row(name, '', 1, COUNT_TOLERANCE / span)),
  ];
}

const COUNTS: readonly (keyof Holdings)[] = [
  'handles',
  'sockets',
  'listeners',
  'queued',
  'records',
  'signals',
  'emitters',
];
