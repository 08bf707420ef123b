import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bundles that this process has written and not removed. */
const written: Set<string> = new Set();
let isListening = false;

const HOUR_MS = 3_600_000;

/**
 * The folder for bundles, in the package's own, so that imports of packages are resolved as from there. It is not below
 * `node_modules`: debuggers read no source maps there, and would bind no breakpoint.
 */
export const BUNDLE_FOLDER = '.streamlane';

/**
 * Writes a bundle into the folder of a package. It is removed when the process ends, if not before.
 *
 * @param extension `mjs` or `cjs`
 * @returns the file
 * @throws what the file system throws, when the folder cannot be written
 */
export function writeBundle(packageFolder: string, extension: string, contents: Uint8Array): string {
  const folder = join(packageFolder, BUNDLE_FOLDER);
  // Several processes and threads may do the same.
  const file = join(folder, `${process.pid}-${randomUUID()}.${extension}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), '*\n');
  writeFileSync(file, contents);
  written.add(file);
  if (!isListening) process.on('exit', removeAll);
  isListening = true;
  removeStale(folder);
  return file;
}

/** Removes a bundle, and its folder if that has no other. */
export function removeBundle(file: string): void {
  written.delete(file);
  rmSync(file, { force: true });
  removeFolder(join(file, '..'));
}

function removeAll(): void {
  for (const file of written) removeBundle(file);
}

function removeFolder(folder: string): void {
  try {
    if (readdirSync(folder).some((name) => name !== '.gitignore')) return;
    rmSync(join(folder, '.gitignore'), { force: true });
    rmdirSync(folder);
  } catch {
    // Another process writes there, or has removed it.
  }
}

/** Removes what a process that was killed has left. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid) && ageMs(file) > HOUR_MS) rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A container has numbers of its own for its processes, so a young file may be one of another container's. */
function ageMs(file: string): number {
  /* v8 ignore next -- another process may have removed it meanwhile */
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN);
}
