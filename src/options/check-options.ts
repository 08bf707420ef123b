import { wrongValue } from './invalid-option.ts';

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
      throw wrongValue(owner, name, check.expected, value);
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

/** What can be logged to, or `false` for no log. */
export const LOGGER_OR_FALSE: Check = {
  expected: `${LOGGER.expected}, or false`,
  accepts: (value) => value === false || LOGGER.accepts(value),
};

/** Text that is not empty. */
export const TEXT: Check = {
  expected: 'text',
  accepts: (value) => typeof value === 'string' && value !== '',
};

/** Where a server is. */
export const URL_TEXT: Check = {
  expected: 'a URL such as http://127.0.0.1:8000',
  accepts: (value) => typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value),
};

/** A number in a range. */
export function numberFrom(least: number, most: number): Check {
  return {
    expected: `a number from ${least} to ${most}`,
    accepts: (value) => typeof value === 'number' && value >= least && value <= most,
  };
}
