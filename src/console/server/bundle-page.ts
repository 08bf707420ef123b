import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The page as the server sends it, compressed with gzip. */
export interface BundledPage {
  readonly script: Uint8Array;
  readonly style: Uint8Array;
  /** The folders of the packages that are in it, relative to the working directory. */
  readonly packages: readonly string[];
}

/** Bundles the page from its sources. The build does this once, and a clone of the repository when the console starts. */
export async function bundlePage(folder: string): Promise<BundledPage> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    entryPoints: [join(folder, 'main.tsx')],
    outdir: '/page',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    logLevel: 'silent',
  });
  const compressed = (extension: string): Uint8Array =>
    gzipSync(outputFiles.find(({ path }) => path.endsWith(extension))?.text as string, { level: 9 });
  const packages = Object.keys(metafile.inputs).map(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0],
  );
  return {
    script: compressed('.js'),
    style: compressed('.css'),
    packages: [...new Set(packages)].filter((path) => path !== undefined).sort(),
  };
}
