import { type LoggedFailure, plainError } from './messages.ts';

/**
 * Takes the entries about failed records out of the console's errors: a router writes them there unless it has a
 * logger of its own. Everything else is written as it is.
 *
 * @returns gives what was taken since it was last called
 */
export function loggedFailures(target: Pick<Console, 'error'>): () => readonly LoggedFailure[] {
  let taken: LoggedFailure[] = [];
  const write = target.error.bind(target);
  target.error = (...args: readonly unknown[]) => {
    const [message, fields] = args as [unknown, Partial<Record<string, unknown>> | undefined];
    const sequenceNumber = fields?.sequenceNumber;
    if (message === 'Record failed' && typeof sequenceNumber === 'string') {
      taken.push({ sequenceNumber, error: plainError(fields?.error) });
    } else {
      write(...args);
    }
  };
  return () => {
    const failures = taken;
    taken = [];
    return failures;
  };
}
