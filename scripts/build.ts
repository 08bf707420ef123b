// Builds dist: a module for each one of src, the example that `streamlane demo` runs, and the third-party code of the
// command line in files of its own.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { transformSync } from 'esbuild';

import { type BundledPage, bundlePage } from '../src/console/server/bundle-page.ts';
import { bundleDemo } from './bundle-demo.ts';
import { bundleRooms } from './bundle-rooms.ts';
import { bundleThirdParty } from './bundle-third-party.ts';
import { unreachableTypes } from './unreachable-types.ts';

const root = join(import.meta.dirname, '..');

try {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
} catch {
  process.exit(1); // tsc has printed the errors
}
const demo = await bundleDemo(root);
// At the end, so that a process that runs from dist meanwhile finds all that it imports.
remove(filesOf('dist').filter((file) => !demo.includes(file) && !existsSync(join(root, sourceOf(file)))));
remove(
  unreachableTypes(
    filesOf('dist').filter((file) => file.endsWith('.d.ts')),
    root,
  ),
);
removeComments(filesOf('dist').filter((file) => file.endsWith('.js')));
// Modules of types: no code imports them, and each takes 4 kB on a disk.
remove(filesOf('dist').filter((file) => file.endsWith('.js') && isEmpty(file)));
const page = await bundlePage(join(root, 'src/console/page'));
await bundleThirdParty(root, page.packages);
await bundleRooms(root);
writePage(page);
chmodSync(join(root, 'dist/cli/main.js'), 0o755);

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}

/** The source that tsc makes this file of. A file without one is left from an earlier build. */
function sourceOf(file: string): string {
  return file.replace('dist', 'src').replace(/(\.d\.ts|\.js)$/, '.ts');
}

/** Comments are for readers of `src`, and are a quarter of the code. What users read stays in the declarations. */
function removeComments(files: readonly string[]): void {
  for (const file of files) {
    const path = join(root, file);
    writeFileSync(path, transformSync(readFileSync(path, 'utf8'), { charset: 'utf8' }).code);
  }
}

function isEmpty(file: string): boolean {
  return readFileSync(join(root, file), 'utf8').trim() === 'export {};';
}

/** Writes the page of the live console, whose sources tsc leaves out. */
function writePage({ script, style }: BundledPage): void {
  const folder = join(root, 'dist/console');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'page.js.gz'), script);
  writeFileSync(join(folder, 'page.css.gz'), style);
}

function remove(files: readonly string[]): void {
  for (const file of files) rmSync(join(root, file));
}
