import { PassThrough } from 'node:stream';
import type { CommandContext } from '../../src/cli/command.ts';

/** The context of a command whose parts are tested without it. */
export function contextFor(env: Readonly<Record<string, string>>): {
  readonly context: CommandContext;
  readonly stderr: () => string;
} {
  const stderr = new PassThrough({ encoding: 'utf8' });
  const plain = (_format: unknown, text: string): string => text;
  return {
    context: {
      io: {
        stdin: new PassThrough(),
        stdout: new PassThrough(),
        stderr,
        env,
        signal: new AbortController().signal,
      },
      style: plain,
      note: plain,
      verbose: false,
    },
    stderr: () => stderr.read() ?? '',
  };
}
