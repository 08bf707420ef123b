import type { Command, CommanderError } from '../third-party/commander.ts';
import { usageError } from './cli-error.ts';

/** What commander says of arguments that it refuses, with where their help is. */
export function wrongUsage(error: CommanderError, command: Command): Error {
  if (error.exitCode === 0) return error; // help, or the version, was asked for
  const help = `See ${nameOf(command)} --help.`;
  // Instead of a subcommand it got nothing, and would print its help.
  if (error.code === 'commander.help') return usageError(`A subcommand is missing. ${help}`, error);
  const message = error.message.replace(/^error: /, '');
  return usageError(`${message}${/[.)?]$/.test(message) ? '' : '.'} ${help}`, error);
}

/** `streamlane tables create`. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
