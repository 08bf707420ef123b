import type { Check } from '../options/check.ts';

/** Milliseconds that a clock may move by. A NaN would end all comparisons of time. */
export const FINITE_MILLISECONDS: Check = { expected: 'finite milliseconds', accepts: Number.isFinite };

/** Milliseconds that are left or have passed. */
export const MILLISECONDS: Check = {
  expected: 'milliseconds from 0 on',
  accepts: (value) => Number.isFinite(value) && (value as number) >= 0,
};
