import { EXIT, type ExitCode } from './exit-codes.ts';

/** Ends a command with one line on stderr: the problem and its remedy. */
export class CliError extends Error {
  override readonly name: 'CliError' = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Wrong usage or bad input: nothing was tried. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError(EXIT.usage, message, { cause });
}

/** Creates the error of a command that was used correctly and failed. */
export function failure(message: string, cause?: unknown): CliError {
  return new CliError(EXIT.failed, message, { cause });
}
