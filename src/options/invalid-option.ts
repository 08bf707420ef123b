import { ConfigurationError } from '../errors.ts';
import { kindOf } from './unknown-options.ts';

/**
 * Makes the error for an option that cannot be used.
 *
 * @param option its name or the path to it; undefined where the problem is not one of a single option
 * @param problem a sentence without its subject, which is the option; a whole sentence where there is none
 * @returns ConfigurationError `INVALID_OPTION`
 */
export function invalidOption(
  owner: string,
  option: string | undefined,
  problem: string,
  options?: ErrorOptions,
): ConfigurationError {
  return new ConfigurationError('INVALID_OPTION', problem, { ...options, owner, option });
}

/**
 * Makes the error for an option with a value that it does not take.
 *
 * @param expected as in "has to be ..."
 * @returns ConfigurationError `INVALID_OPTION`
 */
export function wrongValue(
  owner: string,
  option: string,
  expected: string,
  came: unknown,
): ConfigurationError {
  return invalidOption(owner, option, `has to be ${expected}, got ${kindOf(came)}.`);
}
