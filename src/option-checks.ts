import { ConfigurationError } from './errors.ts';
import { kindOf } from './options.ts';

/** What an option may be. */
export interface Check {
  /** As in "has to be ...". */
  readonly expected: string;
  accepts(value: unknown): boolean;
}

/**
 * Refuses the first option that its check does not accept. What is undefined is not given.
 *
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkOptions(owner: string, options: object, checks: Readonly<Record<string, Check>>): void {
  for (const [name, value] of Object.entries(options)) {
    const check = checks[name];
    if (value !== undefined && check?.accepts(value) === false) {
      throw new ConfigurationError(
        'INVALID_OPTION',
        `${owner}: ${name} has to be ${check.expected}, got ${kindOf(value)}.`,
      );
    }
  }
}

/** An object that has methods of these names. */
export function objectWith(methods: readonly string[]): Check {
  return {
    expected: `an object with the ${methods.length > 1 ? 'methods' : 'method'} ${methods.join(', ')}`,
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
  };
}

/** What can be logged to. */
export const LOGGER: Check = objectWith(['debug', 'info', 'warn', 'error']);
