import type { Context } from 'aws-lambda';
import { ConfigurationError } from '../errors.ts';
import { kindOf } from '../options/unknown-options.ts';

/**
 * Refuses functions that Lambda refuses.
 *
 * @param owner what was called, for the messages
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export function requireHandler(
  owner: string,
  handler: unknown,
  what: string,
  // biome-ignore lint/suspicious/noExplicitAny: handlers of every event shape fit, as they do on Lambda
): asserts handler is (event: any, context: Context, callback: any) => unknown {
  if (typeof handler !== 'function') {
    throw new ConfigurationError(
      'INVALID_HANDLER',
      `${owner}: ${what} is not a function, got ${kindOf(handler)}. Pass one that takes (event, context).`,
    );
  }
  if (handler.length > 2) {
    throw new ConfigurationError(
      'INVALID_HANDLER',
      `${owner}: ${what} takes ${handler.length} parameters. Since Node.js 24 Lambda refuses ` +
        'handlers with a callback: take (event, context) and return a promise.',
    );
  }
}
