import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An example as a project of its own, outside the repository. */
export interface ProjectCopy {
  read(file: string): string;
  write(file: string, text: string): void;
  /** Runs a script of its package.json. */
  run(script: string): Promise<void>;
}

/** The text of a file of an example. */
export function readExample(path: string): string {
  return readFileSync(join(ROOT, 'examples', path), 'utf8');
}

/** Copies an example, with the packages of the repository. The copy is removed when the test is finished. */
export function copyExample(name: string): ProjectCopy {
  const directory = mkdtempSync(join(tmpdir(), `streamlane-${name}-`));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  cpSync(join(ROOT, 'examples', name), directory, { recursive: true });
  const modules = join(ROOT, 'node_modules');
  symlinkSync(modules, join(directory, 'node_modules'));
  return {
    read: (file) => readFileSync(join(directory, file), 'utf8'),
    write: (file, text) => writeFileSync(join(directory, file), text),
    async run(script) {
      const { scripts } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      const path = [dirname(process.execPath), join(modules, '.bin'), process.env.PATH].join(delimiter);
      await promisify(execFile)('sh', ['-c', scripts[script]], { cwd: directory, env: { PATH: path } });
    },
  };
}
