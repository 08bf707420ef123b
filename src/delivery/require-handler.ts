import type { Context } from 'aws-lambda';
import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';

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
    throw invalidOption(
      owner,
      undefined,
      `${what} is not a function, got ${shown(handler)}. Pass one that takes (event, context).`,
      { code: 'INVALID_HANDLER' },
    );
  }
  if (handler.length > 2) {
    throw invalidOption(
      owner,
      undefined,
      `${what} takes ${handler.length} parameters. Since Node.js 24 Lambda refuses ` +
        'handlers with a callback: take (event, context) and return a promise.',
      { code: 'INVALID_HANDLER' },
    );
  }
}
