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
    .option(
      '--env <NAME=value>',
      'A variable for the handler. It overrides all others. Can be repeated.',
      collect,
    )
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
  /** The files of variables, for those who watch them: also a `.env` that is not there yet, and no pipe. */
  readonly files: readonly string[];
  /** Adds those of the servers that the command uses. Variables of `--env` stay, unless they say where servers are. */
  add(servers: Readonly<Record<string, string>> | undefined): void;
  /** Reads the files again. The servers stay the same. @throws CliError, and nothing has changed then */
  reload(): Promise<void>;
}

/**
 * Adds the variables of flags and files to the environment. `--env` comes first, then the environment's own variables, then
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
  /** Variables from pipes and stdin, which can be read once. */
  const kept = new Map<string, NodeJS.Dict<string>>();
  const read = async (): Promise<Record<string, string>> => {
    const inFiles: Record<string, string> = {};
    for (const path of envFile ?? (isThere(ofProject) ? [ofProject] : [])) {
      const variables = kept.get(path) ?? parseEnv(await readText(path, path, io));
      if (!isFile(path)) kept.set(path, variables);
      Object.assign(inFiles, variables);
    }
    return inFiles;
  };
  const inFiles = await read();
  // Node reads the files of --env-file itself, so that their variables are in the environment already.
  const isOfFile = (name: string): boolean =>
    io.env[name] === undefined || (envFile !== undefined && io.env[name] === inFiles[name]);
  const added = Object.entries(inFiles).filter(([name]) => isOfFile(name));
  /** The variables that the files have set. */
  let ofFiles: ReadonlySet<string> = new Set(added.map(([name]) => name));
  const add = (variables: Readonly<Record<string, string>>): void => {
    Object.assign(io.env, variables);
    ofFiles = new Set([...ofFiles].filter((name) => !(name in variables)));
  };
  Object.assign(io.env, Object.fromEntries(added));
  add(given);
  if (envFile === undefined && isThere(ofProject)) {
    void writeLines(io.stderr, note('dim', `Using the variables of ${ofProject}.`));
  }
  return {
    unnamed: envFile === undefined ? ofFiles : new Set(),
    files: (envFile ?? [ofProject]).filter((path) => !kept.has(path)),
    add(servers = {}) {
      const wins = Object.entries(given).filter(([name]) => !(name in servers && name.startsWith('AWS_')));
      add({ ...servers, ...Object.fromEntries(wins) });
    },
    async reload() {
      const fresh = await read();
      for (const name of ofFiles) delete io.env[name];
      const entries = Object.entries(fresh).filter(([name]) => io.env[name] === undefined);
      Object.assign(io.env, Object.fromEntries(entries));
      ofFiles = new Set(entries.map(([name]) => name));
    },
  };
}

/** Checks if there is a file, or a pipe of a password manager. A folder is an environment of Python. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

function isFile(path: string): boolean {
  return path !== '-' && statSync(path).isFile();
}

function assignmentOf(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  // Without the value: it may be a secret.
  throw usageError('--env takes a name and a value, such as --env STAGE=dev.');
}
