import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { type Bundling, PROGRAMS, type ProgramName } from './programs.ts';

export function bundleOptions(name: ProgramName, bundling: Bundling): BuildOptions {
  return {
    entryPoints: [fileURLToPath(new URL(`./programs/${PROGRAMS[name]}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: bundling === 'sdk-external' ? ['@aws-sdk/*'] : [],
    logLevel: 'error',
  };
}

/** The bundle's code. */
export async function bundleOf(name: ProgramName, bundling: Bundling): Promise<Uint8Array> {
  const { outputFiles } = await build({ ...bundleOptions(name, bundling), write: false });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made no bundle of ${name}`);
  return file.contents;
}
