import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { CommandContext } from '../command.ts';
import { usageError } from '../errors/cli-error.ts';
import { readText } from '../read-text.ts';
import { projectOf } from '../servers/running-servers.ts';
import { writeLines } from '../terminal/terminal-text.ts';
import type { Command } from '../third-party/commander.ts';
import { collect } from './collect.ts';

/** The flags of every command that runs a handler. */
export interface EnvironmentFlags {
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
}

/** Declares {@link EnvironmentFlags}. */
export function environmentOptions(command: Command): Command {
  return command
    .option('--env <NAME=value>', 'A variable for the handler, before all others. Can be repeated.', collect)
    .option(
      '--env-file <path>',
      'A file of variables, instead of .env beside package.json. Can be repeated; the last one wins.',
      collect,
    );
}

/** The variables that were given to a command. */
export interface GivenVariables {
  /** Those of the `.env` that no flag names. They do not decide that a command talks to AWS. */
  readonly unnamed: ReadonlySet<string>;
  /** Adds those of the servers that the command uses. Variables of `--env` stay, unless they say where servers are. */
  add(servers: Readonly<Record<string, string>> | undefined): void;
}

/**
 * Adds the variables of flags and files to the environment. `--env` comes first, then what is in the environment, then
 * `--env-file`, the last file first. Without one it is `.env` beside package.json, where there is one.
 *
 * @throws CliError
 */
export async function loadVariables(
  { io, note }: CommandContext,
  { env = [], envFile }: EnvironmentFlags,
): Promise<GivenVariables> {
  const given = Object.fromEntries(env.map(assignmentOf));
  const ofProject = join(projectOf(process.cwd()), '.env');
  const paths = envFile ?? (isThere(ofProject) ? [ofProject] : []);
  const inFiles: Record<string, string> = {};
  for (const path of paths) Object.assign(inFiles, parseEnv(await readText(path, path, io)));
  const added = Object.entries(inFiles).filter(([name]) => io.env[name] === undefined);
  Object.assign(io.env, Object.fromEntries(added), given);
  if (envFile === undefined && paths.length > 0) {
    void writeLines(io.stderr, note('dim', `Using the variables of ${ofProject}.`));
  }
  const unnamed = envFile === undefined ? added.map(([name]) => name).filter((name) => !(name in given)) : [];
  return {
    unnamed: new Set(unnamed),
    add(servers = {}) {
      const wins = Object.entries(given).filter(([name]) => !(name in servers && name.startsWith('AWS_')));
      Object.assign(io.env, servers, Object.fromEntries(wins));
    },
  };
}

/** Tells if there is a file, or a pipe of a password manager. A folder is an environment of Python. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

function assignmentOf(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  // Not what came: it may be a secret.
  throw usageError('--env takes a name and a value, such as --env STAGE=dev.');
}
