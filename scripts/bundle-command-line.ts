import { readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * Replaces the modules of `dist/cli` by a few files: one for what all commands need, and some that each command loads
 * when it runs. A file takes at least 4 kB of a disk, and most of these modules are smaller.
 *
 * What handlers load too stays outside: it has to exist once. So do the bundles of other packages.
 */
export async function bundleCommandLine(root: string): Promise<void> {
  const folder = join(root, 'dist/cli');
  const bundled = join(root, 'dist/cli-bundled');
  await build({
    absWorkingDir: root,
    // Another thread of `streamlane dev` begins at the worker.
    entryPoints: [
      { in: join(folder, 'main.js'), out: 'main' },
      { in: join(folder, 'dev/sandbox/worker.js'), out: 'worker' },
    ],
    outdir: bundled,
    bundle: true,
    splitting: true,
    chunkNames: 'part-[hash]',
    charset: 'utf8',
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    packages: 'external',
    plugins: [leaveOutside(folder)],
    logLevel: 'warning',
  });
  const files = readdirSync(bundled);
  for (const file of files) renameSync(join(bundled, file), join(folder, file));
  rmSync(bundled, { recursive: true });
  const kept = [...files, 'third-party', 'demo'];
  for (const entry of readdirSync(folder)) {
    if (!kept.includes(entry)) rmSync(join(folder, entry), { recursive: true });
  }
  for (const entry of readdirSync(join(folder, 'demo'))) {
    if (entry !== 'invoice-workflow') rmSync(join(folder, 'demo', entry), { recursive: true });
  }
}

/** Leaves what does not belong to the command line alone outside of the bundle, by its place seen from there. */
function leaveOutside(folder: string): Plugin {
  return {
    name: 'leave-outside',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) => {
        if (importer === '') return undefined;
        const target = relative(folder, resolve(resolveDir, path)).replaceAll('\\', '/');
        const isOwn = !target.startsWith('../') && dirname(target) !== 'third-party';
        return isOwn
          ? undefined
          : { path: target.startsWith('../') ? target : `./${target}`, external: true };
      });
    },
  };
}
