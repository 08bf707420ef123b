import { inspect } from 'node:util';
import type { CliIo } from '../terminal/io.ts';
import { styleFor } from '../terminal/style.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import type { ExitCode } from './exit-codes.ts';
import { explain } from './explain.ts';

/**
 * Reports an error in one line on stderr. With `--verbose`, its stack and its causes follow.
 *
 * @returns what to exit with
 */
export function reportError(
  error: unknown,
  argv: readonly string[],
  { stderr, env }: Pick<CliIo, 'stderr' | 'env'>,
): ExitCode {
  const { message, exitCode } = explain(error);
  void writeLines(stderr, `${styleFor(stderr, env)('red', 'error:')} ${message}`);
  // Set off, so that no line break in a message begins a line as a command writes it.
  if (argv.includes('--verbose'))
    void writeLines(
      stderr,
      ...inspect(error)
        .split('\n')
        .map((line) => `  ${line}`),
    );
  return exitCode;
}
