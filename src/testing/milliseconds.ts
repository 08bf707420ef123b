import { ConfigurationError } from '../errors.ts';
import { kindOf } from '../options/unknown-options.ts';

/**
 * Refuses what no clock can move by: a NaN would end all comparisons of time.
 *
 * @param least no limit unless given: a clock of a test may go back
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function requireMilliseconds(
  what: string,
  value: number,
  least: number = Number.NEGATIVE_INFINITY,
): void {
  if (Number.isFinite(value) && value >= least) return;
  const expected =
    least === Number.NEGATIVE_INFINITY ? 'finite milliseconds' : `milliseconds from ${least} on`;
  throw new ConfigurationError('INVALID_OPTION', `${what} has to be ${expected}, got ${kindOf(value)}.`);
}
