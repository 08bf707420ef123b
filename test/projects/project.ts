import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** The end of a program. */
export interface Ended {
  readonly status: number;
  /** Its stdout, then its stderr. */
  readonly output: string;
}

/** A project of a user's, in a folder of its own, with the packed package installed. */
export interface Project {
  readonly directory: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Runs a program on this Node. */
  node(...args: readonly string[]): Promise<Ended>;
  /** Runs the command of a package that the project has. */
  command(name: string, ...args: readonly string[]): Promise<Ended>;
  /**
   * Checks the project with the TypeScript of this repository, or with another compiler.
   *
   * @returns the errors in the project and in streamlane. Declarations of other packages may have some of their own.
   */
  typeErrors(compiler?: string, ...args: readonly string[]): Promise<readonly string[]>;
}

/** How a project is made. */
export interface ProjectOptions {
  /** The packages beside streamlane, with their versions. */
  readonly packages: Readonly<Record<string, string>>;
  readonly type?: 'module' | 'commonjs';
  /** The packages whose install scripts may run. */
  readonly allowScripts?: readonly string[];
  /** @defaultValue npm */
  readonly install?: (directory: string) => Promise<Ended>;
}

/** All projects of a test file. */
const projects = mkdtempSync(join(tmpdir(), 'streamlane-projects-'));

afterAll(() => rmSync(projects, { recursive: true, force: true }));

let packed: string | undefined;

/** Packs the build, once for each test file. */
export function tarball(): string {
  if (packed !== undefined) return packed;
  const args = ['pack', '--json', '--ignore-scripts', '--silent', '--pack-destination', projects, ROOT];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' }));
  packed = join(projects, filename);
  return packed;
}

/** Installs as a user does: npm refuses if a package does not fit beside the others. */
async function npmInstall(directory: string): Promise<Ended> {
  return run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
    directory,
  );
}

/**
 * Makes a project with streamlane and these packages. It is removed after the tests of the file.
 *
 * @throws what the package manager printed, if it refuses
 */
export async function createProject(options: ProjectOptions): Promise<Project> {
  const { packages, type = 'module', allowScripts = [], install = npmInstall } = options;
  const directory = mkdtempSync(join(projects, 'project-'));
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  };
  const dependencies = { ...packages, streamlane: `file:${tarball()}` };
  write({
    'package.json': JSON.stringify({
      private: true,
      type,
      dependencies,
      allowScripts: Object.fromEntries(allowScripts.map((name) => [name, true])),
    }),
  });
  const installed = await install(directory);
  if (installed.status !== 0) throw new Error(`The installation failed:\n${installed.output}`);
  const node = (...args: readonly string[]): Promise<Ended> => run(process.execPath, args, directory);
  return {
    directory,
    write,
    node,
    command: (name, ...args) => run(join(directory, 'node_modules/.bin', name), args, directory),
    async typeErrors(compiler = join(ROOT, 'node_modules/typescript/bin/tsc'), ...args) {
      const { status, output } = await node(compiler, ...args);
      const errors = output.split('\n').filter((line) => /^\S.*\berror TS/.test(line));
      if (status !== 0 && errors.length === 0)
        throw new Error(`The compiler ended with ${status}: ${output}`);
      return errors.filter((line) => !/^(?:\.\.\/)*node_modules\/(?!streamlane\/)/.test(line));
    },
  };
}

/** An empty folder. It is removed after the tests of the file. */
export function emptyFolder(): string {
  return mkdtempSync(join(projects, 'folder-'));
}

/** The environment of a user's terminal, with the Node of the tests. */
export function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NO_COLOR: '1',
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  };
  // What tells Vitest's own processes apart would tell those of the project apart as well.
  for (const name of Object.keys(env)) if (/^(?:VITEST|NODE_ENV|TEST$|npm_)/.test(name)) delete env[name];
  return env;
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = environment(),
): Promise<Ended> {
  return new Promise((done) => {
    execFile(command, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` });
    });
  });
}
