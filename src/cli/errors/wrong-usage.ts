import type { Command, CommanderError } from '../third-party/commander.ts';
import { usageError } from './cli-error.ts';

/** Adds a pointer to the help to commander's message about wrong arguments. */
export function wrongUsage(error: CommanderError, command: Command): Error {
  if (error.exitCode === 0) return error; // help, or the version, was asked for
  const help = `See ${nameOf(command)} --help.`;
  if (error.code === 'commander.help') return usageError(`${missing(command)} ${help}`, error);
  const message = error.message.replace(/^error: /, '');
  return usageError(`${message}${/[.)?]$/.test(message) ? '' : '.'} ${help}`, error);
}

/** Instead of a command, or a known one behind `help`, it got something else, and would print its help. */
function missing(command: Command): string {
  const [first, name] = command.args;
  if (first === 'help' && name !== undefined) return `unknown command '${name}'.`;
  return command.parent === null ? 'A command is missing.' : 'A subcommand is missing.';
}

/** `streamlane tables create`. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
