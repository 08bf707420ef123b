import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

/**
 * The folders of `dist` that describe deployments, emulate, test, replay, and the command line: what no function needs all of. The
 * first ones run in functions, which load them only through their own subpath.
 */
export const ROOMS: readonly string[] = [
  'middy',
  'powertools',
  'audit',
  'opentelemetry',
  'mapping',
  'cdk',
  'delivery',
  'aws-clients',
  'stream',
  'emulators',
  'local',
  'testing',
  'replay',
  'doctor',
  'console',
  'cli',
];

/** Where the code lies that the entry points share or load later. Another thread of `streamlane dev` begins at its worker. */
const PARTS = 'parts';

/** Folders that stay: bundles of other packages, and the example that `streamlane demo` runs. */
const KEPT: readonly string[] = ['cli/third-party', 'cli/demo/invoice-workflow'];

/**
 * Replaces the modules of {@link ROOMS} by a few files: one for each entry point, and some that several of them load, or that a
 * command loads when it runs. A file takes at least 4 kB of a disk, and most of these modules are smaller.
 *
 * Each module exists once. So what functions load too stays outside, as do the bundles of other packages.
 */
export async function bundleRooms(root: string): Promise<void> {
  const dist = join(root, 'dist');
  const rooms = ROOMS.filter((room) => existsSync(join(dist, room)));
  const before = rooms.flatMap((room) => modulesIn(dist, room));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      ...publicModules(root).map((path) => ({ in: join(dist, path), out: path.replace(/\.js$/, '') })),
      { in: join(dist, 'cli/main.js'), out: 'cli/main' },
      { in: join(dist, 'cli/dev/sandbox/worker.js'), out: `${PARTS}/worker` },
    ],
    outdir: dist,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    // Saves 190 kB on disk. Stack traces keep the names of functions, and lines short enough to tell something.
    minify: true,
    keepNames: true,
    lineLimit: 100,
    chunkNames: `${PARTS}/[hash]`,
    charset: 'utf8',
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    packages: 'external',
    plugins: [leaveOutside(dist)],
    metafile: true,
    logLevel: 'warning',
  });
  checkBundles(metafile);
  const written = new Set(Object.keys(metafile.outputs).map((file) => resolve(root, file)));
  for (const file of [...before, ...modulesIn(dist, PARTS)]) if (!written.has(file)) rmSync(file);
  for (const room of rooms) removeEmpty(join(dist, room));
}

/** Throws if a module is in two bundles, so that it would exist twice, or if one that functions load is in any. */
export function checkBundles({ outputs }: Pick<Metafile, 'outputs'>): void {
  const bundled = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const twice = bundled.filter((module, index) => bundled.indexOf(module) !== index);
  if (twice.length > 0) throw new Error(`Modules in two bundles: ${twice.join(', ')}`);
  const foreign = bundled.filter((module) => !isInRooms(module.replace(/^dist\//, '')));
  if (foreign.length > 0) throw new Error(`Modules that functions load in a bundle: ${foreign.join(', ')}`);
}

/** The modules of these rooms that `exports` of package.json names, as paths in `dist`. */
function publicModules(root: string): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.values(exports)
    .map((target) => (typeof target === 'string' ? target : target.default).replace(/^\.\/dist\//, ''))
    .filter((path) => isInRooms(path));
}

/** Checks if a path in `dist` is one of a module that is bundled. */
function isInRooms(path: string): boolean {
  return (
    ROOMS.some((room) => path.startsWith(`${room}/`)) && !KEPT.some((folder) => path.startsWith(`${folder}/`))
  );
}

function modulesIn(dist: string, room: string): readonly string[] {
  return readdirSync(join(dist, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => room === PARTS || isInRooms(pathIn(dist, file)));
}

function pathIn(dist: string, file: string): string {
  return relative(dist, file).replaceAll(sep, '/');
}

/** Leaves other modules outside of the bundles. Every output lies in a folder of `dist`, so that their place is the same for all. */
function leaveOutside(dist: string): Plugin {
  return {
    name: 'leave-outside',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) => {
        if (importer === '') return undefined;
        const target = pathIn(dist, resolve(resolveDir, path));
        return isInRooms(target) ? undefined : { path: `../${target}`, external: true };
      });
    },
  };
}

function removeEmpty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
