import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** The folder of a file and those above it, the nearest first. */
function foldersAbove(file: string): readonly string[] {
  const folder = dirname(file);
  return folder === file ? [] : [folder, ...foldersAbove(folder)];
}

/** A path as users write it: from the working directory, if it is in there. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** Finds the folder of the package that a file belongs to: where the nearest package.json is, else its own. */
export function packageFolderOf(file: string): string {
  return foldersAbove(file).find((folder) => existsSync(join(folder, 'package.json'))) ?? dirname(file);
}

/** Reads `type` and `exports` from the package.json of the package that a file belongs to. */
export function manifestOf(file: string): { readonly type?: unknown; readonly exports?: unknown } {
  try {
    return JSON.parse(readFileSync(join(packageFolderOf(file), 'package.json'), 'utf8')) ?? {};
  } catch {
    return {}; // esbuild and Node report the fault of the file
  }
}

const INSTALL: readonly (readonly [lockfile: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm add --save-dev'],
  ['yarn.lock', 'yarn add --dev'],
  ['bun.lock', 'bun add --dev'],
  ['bun.lockb', 'bun add --dev'],
  ['package-lock.json', 'npm install --save-dev'],
];

/** The command that installs a package for the project of a file, in the words of the package manager that it uses. */
export function installCommand(name: string, file: string): string {
  for (const folder of foldersAbove(file)) {
    const used = INSTALL.find(([lockfile]) => existsSync(join(folder, lockfile)));
    if (used !== undefined) return `${used[1]} ${name}`;
  }
  return `npm install --save-dev ${name}`;
}

/** The configurations that decide how files are compiled: each tsconfig.json above them, and the files that it extends. */
export function configurationsOf(files: Iterable<string>): ReadonlySet<string> {
  const folders = new Set([...files].flatMap(foldersAbove));
  const found = new Set<string>();
  for (const folder of folders) {
    for (const name of ['tsconfig.json', 'package.json']) addConfiguration(join(folder, name), found);
  }
  return found;
}

/** Reads a configuration. One that cannot be read is empty: a folder, or in a folder above and of another user. */
export function configurationText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function addConfiguration(path: string, found: Set<string>): void {
  if (found.has(path) || !existsSync(path)) return;
  found.add(path);
  // A tsconfig.json may have comments, so it is not parsed.
  const [, list = ''] = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(configurationText(path)) ?? [];
  for (const [, base = ''] of list.matchAll(/"(\.[^"]*)"/g)) {
    const file = resolve(dirname(path), base);
    addConfiguration(file.endsWith('.json') ? file : `${file}.json`, found);
  }
}
