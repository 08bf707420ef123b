import type { LiveConsole, LiveConsoleOptions } from '../../console/live-console.ts';
import { ConfigurationError } from '../../errors.ts';
import { failure, usageError } from '../errors/cli-error.ts';
import { flagProblem } from '../flags/flag-of.ts';

/**
 * Starts the live console, whose code is loaded only now.
 *
 * @throws CliError when the port is in use, or when `--mask` is not a list of attributes
 */
export async function openConsole(options: LiveConsoleOptions): Promise<LiveConsole> {
  const { startConsole } = await import('../../console/live-console.ts');
  try {
    return await startConsole(options);
  } catch (error) {
    if (error instanceof ConfigurationError) throw usageError(flagProblem(error), error);
    const { message } = error as Error;
    throw failure(
      `The live console cannot be served: ${message}. Name another --console-port, or leave it out to take a free one. Without the console: --no-console.`,
      error,
    );
  }
}
