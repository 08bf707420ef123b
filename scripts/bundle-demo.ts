import { normalize } from 'node:path';
import { build } from 'esbuild';

/**
 * Compiles `examples/invoice-workflow` for `streamlane demo`. Its imports of `streamlane` and of the AWS SDK stay:
 * `streamlane` then names the package that the compiled files are in.
 *
 * @returns the files, as paths from the root
 */
export async function bundleDemo(root: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    // The workflow imports the function only once its environment is complete, so these are files of their own.
    entryPoints: ['workflow', 'handler', 'sinks'].map((name) => `examples/invoice-workflow/${name}.ts`),
    outdir: 'dist/cli/demo/invoice-workflow', // `#invoice-workflow` in package.json
    bundle: true,
    splitting: true, // the workflow and the function share modules, and their state
    chunkNames: 'shared-[hash]',
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.outputs).map(normalize);
}
