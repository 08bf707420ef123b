import { builtInOf } from './kind-of.ts';

/** A rule for the value of an option. */
export interface Check {
  /** As in "has to be ...". */
  readonly expected: string;
  accepts(value: unknown): boolean;
}

/** A check for each option, by name. Constants here are plain objects: a bundler leaves out those that are not used. */
export type Checks = Readonly<Record<string, Check>>;

/** A switch. */
export const BOOLEAN: Check = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };

/** A function. */
export const FUNCTION: Check = { expected: 'a function', accepts: (value) => typeof value === 'function' };

/** Text that is not empty. */
export const TEXT: Check = {
  expected: 'text',
  accepts: (value) => typeof value === 'string' && value !== '',
};

/** The URL of a server. */
export const URL_TEXT: Check = {
  expected: 'a URL such as http://127.0.0.1:8000',
  accepts: (value) => typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value),
};

/** A client of the AWS SDK. */
export const CLIENT: Check = {
  expected: 'an object with the method send',
  accepts: (value) => hasMethods(value, ['send']),
};

/** Credentials for a client of the AWS SDK. */
export const CREDENTIALS: Check = {
  expected: 'an object with accessKeyId and secretAccessKey, or a function that gives one',
  accepts: (value) =>
    typeof value === 'function' ||
    (isObject(value) &&
      ['accessKeyId', 'secretAccessKey'].every((name) =>
        TEXT.accepts((value as Record<string, unknown>)[name]),
      )),
};

/** An AbortSignal. */
export const SIGNAL: Check = {
  expected: 'an object with the methods addEventListener, throwIfAborted',
  accepts: (value) => hasMethods(value, ['addEventListener', 'throwIfAborted']),
};

/** A logger, or `false` for no log. */
export const LOGGER_OR_FALSE: Check = {
  expected: 'an object with the methods debug, info, warn, error, or false',
  accepts: (value) => value === false || isLogger(value),
};

/** A logger. */
export const LOGGER: Check = {
  expected: 'an object with the methods debug, info, warn, error',
  accepts: isLogger,
};

function isLogger(value: unknown): boolean {
  return hasMethods(value, ['debug', 'info', 'warn', 'error']);
}

/** An object that has methods of these names. */
export function objectWith(methods: readonly string[]): Check {
  return {
    expected: `an object with the ${methods.length > 1 ? 'methods' : 'method'} ${methods.join(', ')}`,
    accepts: (value) => hasMethods(value, methods),
  };
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  return (
    isObject(value) &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
  );
}

/** One of a few words. */
export function oneOf(values: readonly string[]): Check {
  return { expected: `one of ${values.join(', ')}`, accepts: (value) => values.includes(value as string) };
}

/** A number in a range. */
export function numberFrom(least: number, most: number, unit = 'a number'): Check {
  return {
    expected: `${unit} from ${least} to ${most}`,
    accepts: (value) => typeof value === 'number' && value >= least && value <= most,
  };
}

/** Milliseconds in a range. */
export function millisecondsFrom(least: number, most: number): Check {
  return numberFrom(least, most, 'milliseconds');
}

/** A whole number in a range. */
export function wholeNumberFrom(least: number, most: number): Check {
  const { expected, accepts } = numberFrom(least, most, 'a whole number');
  return { expected, accepts: (value) => Number.isInteger(value) && accepts(value) };
}

/** Checks if a value is an object, which an array is not. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks if a value is an object that no class made, also one without a prototype. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Checks if a value is an object of named members, as options are: not a list, a promise, a Map or another built-in. */
export function isMembers(value: unknown): value is object {
  return isObject(value) && builtInOf(value) === undefined;
}
