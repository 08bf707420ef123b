import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { licensesOf } from './licenses-of.ts';

/**
 * Replaces each module of `dist/cli/third-party`, which exports what the command line uses of a package, by a bundle with
 * that package's code in it. streamlane's own modules are in no bundle: each exists once, for the command and for handlers.
 *
 * @param others the folders of packages with code elsewhere in `dist`, whose licences are added
 */
export async function bundleThirdParty(root: string, others: readonly string[]): Promise<void> {
  const folder = join(root, 'dist/cli/third-party');
  const modules = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: modules.map((file) => join(folder, file)),
    outdir: folder,
    allowOverwrite: true,
    bundle: true,
    splitting: true, // what two packages depend on is there once
    chunkNames: 'shared-[hash]',
    minify: true,
    keepNames: true, // for stack traces
    legalComments: 'none', // LICENSES.txt has them whole
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    // cli-table3 asks for it to colour borders and headers, which the command line leaves alone.
    external: ['@colors/colors'],
    // CommonJS packages require Node's modules.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'LICENSES.txt'), licensesOf([...packagesIn(metafile), ...others], root));
}

/** The folders of the packages with code in the bundles, relative to the root. */
function packagesIn({ outputs }: Metafile): readonly string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
  const folders = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
}
