import { shown } from '../options/kind-of.ts';

/** A thrown value, as JSON can carry it. */
export interface ThrownError {
  /** `Error`, `ValidationError`, ...; `NonError` for other values, such as `throw undefined`. */
  readonly name: string;
  /** The error's message, cut to a length that a letter can carry. */
  readonly message: string;
  /** The error's `code`, where it is text, as those of streamlane and Node.js are. */
  readonly code?: string;
  /** The error's `retryable`, where it says. */
  readonly retryable?: boolean;
  /** The error's stack, where it has one. */
  readonly stack?: string;
  /** The error's own `cause`. At most three causes are included. */
  readonly cause?: ThrownError;
}

/** Some errors quote a whole response; a letter must not become too large to be sent for that. */
const MAX_TEXT = 4096;
const MAX_CAUSES = 3;

/**
 * Describes a thrown value, which can be anything, also an object whose properties throw. Without a description there would
 * be no letter, and the record would fail for ever.
 */
export function thrownError(thrown: unknown, causes: number = MAX_CAUSES): ThrownError {
  try {
    return describe(thrown, causes);
  } catch {
    return { name: 'NonError', message: 'The handler threw a value that cannot be read.' };
  }
}

function describe(thrown: unknown, causes: number): ThrownError {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) {
    const message = typeof thrown === 'string' ? thrown : `The handler threw ${shown(thrown)}.`;
    return { name: 'NonError', message: cut(message) };
  }
  const { name, message, code, retryable, stack, cause } = thrown as Partial<Record<string, unknown>>;
  return {
    name: typeof name === 'string' ? cut(name) : 'Error',
    message: cut(String(message)),
    ...(typeof code === 'string' && { code: cut(code) }),
    ...(typeof retryable === 'boolean' && { retryable }),
    ...(typeof stack === 'string' && { stack: cut(stack) }),
    ...(cause !== undefined && causes > 0 && { cause: thrownError(cause, causes - 1) }),
  };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}...`;
}
