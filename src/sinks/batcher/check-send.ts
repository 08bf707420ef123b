import { ConfigurationError } from '../../errors.ts';
import type { SendOptions } from '../sink.ts';

/**
 * Refuses a message that neither belongs to a record nor says that it does not: it would have no deadline, and be sent when
 * the record that it is about has been delivered elsewhere.
 *
 * @throws ConfigurationError `RECORD_REQUIRED` or `INVALID_OPTION`
 */
export function checkSend(target: string, options: SendOptions | undefined): asserts options is SendOptions {
  const { record, detached } = (options ?? {}) as { readonly record?: unknown; readonly detached?: unknown };
  if (detached !== true && (typeof record !== 'object' || record === null)) {
    throw recordRequired(
      target,
      'was sent without its record, which gives it a deadline. Hand the record over, as in send(message, { record }); or ' +
        'say that there is none: send(message, { detached: true })',
    );
  }
  if (detached === true && record !== undefined) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `${target}: a message has a record, or detached: true, and not both. Leave one out.`,
    );
  }
}

/** What a message needs that only a record, or the call, can give. */
export function recordRequired(target: string, what: string): ConfigurationError {
  return new ConfigurationError('RECORD_REQUIRED', `${target}: a message ${what}.`);
}
