import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An example as a project of its own, outside the repository. */
export interface ProjectCopy {
  read(file: string): string;
  write(file: string, text: string): void;
  /** Runs a script of its package.json. */
  run(script: string): Promise<void>;
  /** Runs a command of the packages. */
  execute(command: readonly string[]): Promise<void>;
  /** Imports a file that was built. */
  load(file: string): Promise<Readonly<Record<string, unknown>>>;
}

/** The text of a file of an example. */
export function readExample(path: string): string {
  return readFileSync(join(ROOT, 'examples', path), 'utf8');
}

/** The packages that an example asks for, and those that the tests run with. */
export function packagesOf(name: string): { readonly asked: object; readonly installed: object } {
  const { dependencies, devDependencies } = JSON.parse(readExample(`${name}/package.json`));
  const asked: Record<string, string> = { ...dependencies, ...devDependencies };
  const versionOf = (id: string): string =>
    JSON.parse(readFileSync(join(ROOT, 'node_modules', id, 'package.json'), 'utf8')).version;
  return { asked, installed: Object.fromEntries(Object.keys(asked).map((id) => [id, versionOf(id)])) };
}

/** Copies an example, with the packages of the repository. The copy is removed when the test is finished. */
export function copyExample(name: string): ProjectCopy {
  const directory = mkdtempSync(join(tmpdir(), `streamlane-${name}-`));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  cpSync(join(ROOT, 'examples', name), directory, { recursive: true });
  const modules = join(ROOT, 'node_modules');
  symlinkSync(modules, join(directory, 'node_modules'));
  const path = [dirname(process.execPath), join(modules, '.bin'), process.env.PATH].join(delimiter);
  const execute = async ([command = '', ...args]: readonly string[]): Promise<void> => {
    await promisify(execFile)(command, args, { cwd: directory, env: { PATH: path } });
  };
  return {
    read: (file) => readFileSync(join(directory, file), 'utf8'),
    write: (file, text) => writeFileSync(join(directory, file), text),
    load: async (file) => ({ ...(await import(pathToFileURL(join(directory, file)).href)) }),
    execute,
    async run(script) {
      const { scripts } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      await execute(['sh', '-c', scripts[script]]);
    },
  };
}
