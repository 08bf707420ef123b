import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ModuleCode } from '../../../src/local/source/module-code.ts';

/** For handlers that are routers: where they import streamlane from. */
export const STREAMLANE: string = JSON.stringify(
  pathToFileURL(join(import.meta.dirname, '../../../src/index.ts')).href,
);

/** Code that Node loads without a bundle. */
export const SOURCE: ModuleCode = { type: 'source', remedy: 'Install esbuild.' };

/** A handler's code in a directory that is gone after the test. */
export interface Code {
  readonly directory: string;
  /** Of a file. */
  path(name: string): string;
  write(name: string, code: string): void;
  remove(name: string): void;
  /** Makes a name stand for a folder, as package managers do for packages of the same repository. */
  link(target: string, name: string): void;
}

export function codeOf(files: Readonly<Record<string, string>>): Code {
  const directory = mkdtempSync(join(tmpdir(), 'streamlane-dev-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = (name: string): string => join(directory, name);
  const write = (name: string, code: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), code);
  };
  write('package.json', '{"type":"module"}');
  for (const [name, code] of Object.entries(files)) write(name, code);
  const link = (target: string, name: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    symlinkSync(path(target), path(name));
  };
  return { directory, path, write, remove: (name) => rmSync(path(name)), link };
}
