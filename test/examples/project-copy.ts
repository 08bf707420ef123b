import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { inShell } from '../fixtures/shell.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const EXAMPLES = join(ROOT, 'examples');

/** An example as a project of its own, outside the repository. */
export interface ProjectCopy {
  readonly directory: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Runs a script of its package.json. */
  run(script: string): Promise<string>;
  /** Runs the script of its name in the package.json of all examples. */
  runFromExamples(): Promise<string>;
  /** Runs a line in a shell. */
  execute(line: string): Promise<string>;
  /** Imports a file that was built. */
  load(file: string): Promise<Readonly<Record<string, unknown>>>;
}

/** The text of a file of an example. */
export function readExample(path: string): string {
  return readFileSync(join(EXAMPLES, path), 'utf8');
}

/** The packages that an example asks for, and those that the tests run with. */
export function packagesOf(name: string): { readonly asked: object; readonly installed: object } {
  const { dependencies, devDependencies } = JSON.parse(readExample(`${name}/package.json`));
  const asked: Record<string, string> = { ...dependencies, ...devDependencies };
  const versionOf = (id: string): string =>
    JSON.parse(readFileSync(join(ROOT, 'node_modules', id, 'package.json'), 'utf8')).version;
  return { asked, installed: Object.fromEntries(Object.keys(asked).map((id) => [id, versionOf(id)])) };
}

/** Copies an example, and what all examples share, with the packages of the repository. The copy is removed when the test is finished. */
export function copyExample(name: string): ProjectCopy {
  const examples = mkdtempSync(join(tmpdir(), `streamlane-${name}-`));
  onTestFinished(() => rmSync(examples, { recursive: true }));
  for (const path of [name, 'package.json', 'write-mapping.ts']) {
    cpSync(join(EXAMPLES, path), join(examples, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(examples, 'node_modules'));
  const directory = join(examples, name);
  const scriptOf = (folder: string, script: string): string =>
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts[script];
  return {
    directory,
    read: (file) => readFileSync(join(directory, file), 'utf8'),
    write: (file, text) => writeFileSync(join(directory, file), text),
    load: async (file) => ({ ...(await import(pathToFileURL(join(directory, file)).href)) }),
    execute: (line) => inShell(line, directory),
    run: (script) => inShell(scriptOf(directory, script), directory),
    runFromExamples: () => inShell(scriptOf(examples, name), examples),
  };
}
