import { type Logger, silentLogger } from '../../logger.ts';
import type { CommandContext } from '../command.ts';
import { tellWarning } from './output.ts';

/** Writes the warnings of a mapping without a handler as one line on stderr: why it cannot read. */
export function warningLogger({ io, note, verbose }: CommandContext): Logger {
  const say: Logger['warn'] = (message, { error }) => {
    const reason = error instanceof Error ? `: ${error.message || error.name}` : '';
    tellWarning({ io, note }, `${message}${reason}`);
  };
  // Of a mapping that has stopped, the command itself tells.
  return { ...silentLogger, warn: say, ...(verbose && { error: say }) };
}
