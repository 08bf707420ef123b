import { invalidOption } from '../options/invalid-option.ts';
import { shown } from '../options/kind-of.ts';
import type { LambdaHandler } from './lambda-handler.ts';

/**
 * Refuses functions that Lambda refuses.
 *
 * @param owner the function that was called, for the messages
 * @param what the handler in words, or the option that it came with
 * @throws ConfigurationError `INVALID_HANDLER`
 */
export function requireHandler(
  owner: string,
  handler: unknown,
  what: string | { readonly option: string },
): asserts handler is LambdaHandler {
  const [option, subject] = typeof what === 'string' ? [undefined, `${what} `] : [what.option, ''];
  if (typeof handler !== 'function') {
    throw invalidOption(
      owner,
      option,
      `${subject}is not a function, got ${shown(handler)}. Pass one that takes (event, context).`,
      { code: 'INVALID_HANDLER' },
    );
  }
  if (handler.length > 2) {
    throw invalidOption(
      owner,
      option,
      `${subject}takes ${handler.length} parameters. Since Node.js 24 Lambda refuses ` +
        'handlers with a callback: take (event, context) and return a promise.',
      { code: 'INVALID_HANDLER' },
    );
  }
}
