import type { Logger } from '../../logger.ts';
import type { CommandContext } from '../command.ts';
import { tellWarning } from '../terminal/output.ts';

/** What the mapping behind `tail` has to say: what keeps it from reading, as one line on stderr. */
export function tailLogger({ io, note, verbose }: CommandContext): Logger {
  const say: Logger['warn'] = (message, { error }) => {
    const reason = error instanceof Error ? `: ${error.message || error.name}` : '';
    tellWarning({ io, note }, `${message}${reason}`);
  };
  const quiet = (): void => {};
  // Of a mapping that has stopped, the command itself tells.
  return { debug: quiet, info: quiet, warn: say, error: verbose ? say : quiet };
}
