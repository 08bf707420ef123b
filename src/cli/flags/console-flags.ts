import { usageError } from '../errors/cli-error.ts';
import { type Command, Option } from '../third-party/commander.ts';

/** The options of the live console's page. */
export interface PageFlags {
  readonly consolePort?: string;
  readonly open?: true;
  readonly mask?: string;
}

/** The options of commands that can do without the live console. */
export interface ConsoleFlags extends PageFlags {
  readonly console?: boolean;
}

/** Declares {@link ConsoleFlags}. */
export function consoleOptions(command: Command): Command {
  return pageOptions(
    command
      .addOption(
        inGroup(
          '--console',
          'Serve the live console, a page on 127.0.0.1. (default: if stdout is a terminal, without --json)',
        ),
      )
      .addOption(inGroup('--no-console', 'Do not serve the live console.')),
  );
}

/** Declares {@link PageFlags}. */
export function pageOptions(command: Command): Command {
  return command
    .addOption(inGroup('--console-port <port>', 'The port of the live console. (default: a free one)'))
    .addOption(inGroup('--open', 'Open the live console in the browser.'))
    .addOption(inGroup('--mask <attributes>', 'Attributes whose values are hidden: email,address.street.'));
}

/**
 * Returns the port of the live console, 0 for a free one, and undefined if there is none. A script, a test or CI gets an open port
 * only if a flag asks for one.
 *
 * @throws CliError
 */
export function consolePortOf(flags: ConsoleFlags, isForPeople: boolean): number | undefined {
  const { consolePort, open } = flags;
  const port = portOf(flags);
  const isAskedFor = consolePort !== undefined || open === true;
  if (flags.console === false && isAskedFor) {
    throw usageError(
      `--no-console and ${open ? '--open' : '--console-port'} exclude each other. Leave out one of them.`,
    );
  }
  return (flags.console ?? (isAskedFor || isForPeople)) ? port : undefined;
}

/** Returns the port of the live console, 0 for a free one. @throws CliError */
export function portOf({ consolePort = '0' }: PageFlags): number {
  const port = Number(consolePort);
  if (/^\d+$/.test(consolePort) && port <= 65_535) return port;
  throw usageError(
    `--console-port has to be a port from 1 to 65535, or 0 for a free one, got ${consolePort}.`,
  );
}

function inGroup(flags: string, meaning: string): Option {
  return new Option(flags, meaning).helpGroup('Console:');
}
