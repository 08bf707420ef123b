import { type Check, type Checks, isMembers } from './check.ts';
import { type Advice, invalidOption, wrongValue } from './invalid-option.ts';

/** How options are checked. */
export interface CheckedOptions {
  /** The names of options that are checked elsewhere. */
  readonly others?: readonly string[];
  /** Where the options lie within those of the owner, as in `backoff`. */
  readonly path?: string;
}

/**
 * Checks options: each has to be known, and to have a value that its check accepts. An option that is undefined is not
 * given.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function checkOptions(
  owner: string,
  options: unknown,
  checks: Checks,
  { others = [], path }: CheckedOptions = {},
): void {
  rejectUnknownOptions(owner, options, [...Object.keys(checks), ...others], path);
  for (const [name, value] of Object.entries(options)) {
    const check = checks[name];
    if (value !== undefined && check !== undefined) requireOption(owner, within(path, name), value, check);
  }
}

/**
 * Refuses unknown options: a typo would otherwise go unnoticed, and the default would apply. For the same reason it
 * refuses options that are inherited: a copy of the object, as by `{ ...options }`, does not have them.
 *
 * @param path where the options lie within those of the owner, as in `destinationConfig.onFailure`
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function rejectUnknownOptions(
  owner: string,
  options: unknown,
  known: readonly string[],
  path?: string,
): asserts options is object {
  requireOptions(owner, options, path);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const problem = `is not an option. Known options: ${known.join(', ')}.`;
    throw invalidOption(owner, within(path, name), problem, { code: 'UNKNOWN_OPTION' });
  }
  for (const name of known) {
    if (name in options && !Object.hasOwn(options, name)) {
      throw invalidOption(
        owner,
        within(path, name),
        'is inherited. Pass an object that has the option itself.',
      );
    }
  }
}

/** The path to an option that lies within another one. */
export function within(path: string | undefined, name: string): string {
  return path === undefined ? name : `${path}.${name}`;
}

/**
 * Refuses what does not hold options, such as a promise of them: it would count as no options.
 *
 * @param path see {@link rejectUnknownOptions}
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function requireOptions(owner: string, options: unknown, path?: string): asserts options is object {
  if (isMembers(options)) return;
  const problem = wrongValue({ expected: 'an object' }, options);
  throw invalidOption(owner, path, path === undefined ? problem.replace('has', 'the options have') : problem);
}

/**
 * Refuses the value of an option that its check does not accept, undefined as well.
 *
 * @throws ConfigurationError with the code of `advice`
 */
export function requireOption(
  owner: string,
  option: string,
  value: unknown,
  check: Check,
  advice?: Advice,
): void {
  if (check.accepts(value)) return;
  throw invalidOption(owner, option, wrongValue(check, value, advice), advice);
}

/**
 * Refuses an argument that its check does not accept, undefined as well. The error names no option.
 *
 * @throws ConfigurationError with the code of `advice`
 */
export function requireArgument(
  owner: string,
  name: string,
  value: unknown,
  check: Check,
  advice?: Advice,
): void {
  if (check.accepts(value)) return;
  throw invalidOption(owner, undefined, `the ${name} ${wrongValue(check, value, advice)}`, advice);
}
