import { inspect } from 'node:util';
import type { ExitCode } from './exit-codes.ts';
import { explain } from './explain.ts';
import type { CliIo } from './io.ts';
import { styleFor } from './style.ts';

/**
 * Tells of an error in one line on stderr; with `--verbose`, its stack and what caused it follow.
 *
 * @returns what to exit with
 */
export function reportError(
  error: unknown,
  argv: readonly string[],
  { stderr, env }: Pick<CliIo, 'stderr' | 'env'>,
): ExitCode {
  const { message, exitCode } = explain(error);
  stderr.write(`${styleFor(stderr, env)('red', 'error:')} ${message}\n`);
  if (argv.includes('--verbose')) stderr.write(`${inspect(error)}\n`);
  return exitCode;
}
