import { ConfigurationError, type ConfigurationErrorCode } from '../errors.ts';
import type { Check } from './check.ts';
import { shown } from './kind-of.ts';

/** The members of an error about an option, besides its text. */
export interface InvalidOption extends ErrorOptions {
  /** @defaultValue `'INVALID_OPTION'` */
  readonly code?: ConfigurationErrorCode | undefined;
}

/**
 * Makes the error for an option that cannot be used.
 *
 * @param option its name or the path to it; undefined where the problem is not one of a single option
 * @param problem a sentence without its subject, which is the option; a whole sentence where there is none
 */
export function invalidOption(
  owner: string,
  option: string | undefined,
  problem: string,
  { code = 'INVALID_OPTION', ...options }: InvalidOption = {},
): ConfigurationError {
  return new ConfigurationError(code, problem, { ...options, owner, option });
}

/** Additions to an error about a wrong value. */
export interface Advice {
  /** @defaultValue `'INVALID_OPTION'` */
  readonly code?: ConfigurationErrorCode;
  /** Sentences that say what to do. */
  readonly remedy?: string;
}

/** The predicate of a message about a value that a check does not accept. */
export function wrongValue(
  { expected }: Pick<Check, 'expected'>,
  came: unknown,
  { remedy }: Advice = {},
): string {
  const problem = `has to be ${expected}, got ${shown(came)}.`;
  return remedy === undefined ? problem : `${problem} ${remedy}`;
}
