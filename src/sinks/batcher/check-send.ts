import { ConfigurationError } from '../../errors.ts';
import { SIGNAL } from '../../options/check.ts';
import { requireOption } from '../../options/check-options.ts';
import type { SendOptions } from '../sink.ts';

/**
 * Refuses a message that neither belongs to a record nor says that it does not: it would have no deadline, and be sent when
 * the record that it is about has been delivered elsewhere.
 *
 * @throws ConfigurationError `RECORD_REQUIRED` or `INVALID_OPTION`
 */
export function checkSend(
  owner: string,
  target: string,
  options: SendOptions | undefined,
): asserts options is SendOptions {
  const { record, detached, signal } = (options ?? {}) as Readonly<Record<string, unknown>>;
  if (detached !== true && (typeof record !== 'object' || record === null)) {
    throw recordRequired(
      owner,
      target,
      'was sent without its record, which gives it a deadline. Pass the record: send(message, { record }). For a message ' +
        'without a record: send(message, { detached: true })',
    );
  }
  if (detached === true && record !== undefined) {
    throw new ConfigurationError(
      'INVALID_OPTION',
      `a message to ${target} needs a record or detached: true, not both. Leave one out.`,
      { owner },
    );
  }
  // Not their value: to read it unmarshalls it.
  if (detached !== true && !('keys' in (record as object))) {
    throw recordRequired(
      owner,
      target,
      'was sent with a record that has no keys. Pass the record that the handler gets, not the one that Lambda sends',
    );
  }
  if (signal !== undefined) requireOption(owner, 'signal', signal, SIGNAL);
}

/** Creates the error of a message that needs a value from its record or from the call. */
export function recordRequired(owner: string, target: string, what: string): ConfigurationError {
  return new ConfigurationError('RECORD_REQUIRED', `a message to ${target} ${what}.`, { owner });
}
