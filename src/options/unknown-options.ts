import { ConfigurationError } from '../errors.ts';

/**
 * Refuses options that nobody reads: a typo would otherwise be a default that nobody notices.
 *
 * @throws ConfigurationError `UNKNOWN_OPTION` or `INVALID_OPTION`
 */
export function rejectUnknownOptions(owner: string, options: unknown, known: readonly string[]): void {
  requireOptions(owner, options);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new ConfigurationError(
        'UNKNOWN_OPTION',
        `${owner}: there is no option ${name}. Known options: ${known.join(', ')}.`,
      );
    }
  }
}

/**
 * Refuses what holds no options.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function requireOptions(owner: string, options: unknown): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `${owner}: the options have to be an object, got ${kindOf(options)}.`,
    );
  }
}

/** Names what came, for a message about an option. Options are configuration, so a value may be shown. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
