import { ConfigurationError } from '../errors.ts';

/**
 * Refuses options that nobody reads: a typo would otherwise be a default that nobody notices.
 *
 * @param path where the options lie within those of the owner, as in `destinationConfig.onFailure`
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function rejectUnknownOptions(
  owner: string,
  options: unknown,
  known: readonly string[],
  path?: string,
): void {
  requireOptions(owner, options, path);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new ConfigurationError(
        'UNKNOWN_OPTION',
        `is not an option. Known options: ${known.join(', ')}.`,
        { owner, option: path === undefined ? name : `${path}.${name}` },
      );
    }
  }
}

/**
 * Refuses what holds no options.
 *
 * @param path see {@link rejectUnknownOptions}
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function requireOptions(owner: string, options: unknown, path?: string): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const subject = path === undefined ? 'the options have' : 'has';
    throw new ConfigurationError('INVALID_OPTION', `${subject} to be an object, got ${kindOf(options)}.`, {
      owner,
      option: path,
    });
  }
}

/** Names what came, for a message about an option. Options are configuration, so a value may be shown. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
