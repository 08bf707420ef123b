import { join } from 'node:path';
import { build } from 'esbuild';
import { COMMONJS_BANNER } from '../../src/cdk/entry-mapping.ts';

export type Format = 'esm' | 'cjs';

/** Bundles a module with all of its packages, minified, as a function is deployed. @returns the file */
export async function bundle(entry: string, format: Format, folder: string): Promise<string> {
  const outfile = join(folder, format === 'esm' ? 'index.mjs' : 'index.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, entry)],
    outfile,
    bundle: true,
    minify: true,
    format,
    platform: 'node',
    target: 'node24',
    // Bundles of packages in CommonJS call require, which ES modules do not have.
    ...(format === 'esm' && { banner: { js: COMMONJS_BANNER } }),
    logLevel: 'warning',
  });
  return outfile;
}
