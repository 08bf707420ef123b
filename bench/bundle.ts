import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { type Bundling, PROGRAM_FILES, type ProgramName } from './programs.ts';

/** Packages in CommonJS call `require`, which ES modules do not have. Only they need it: it would count in the bundles of the others. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
const NEEDS_REQUIRE: readonly ProgramName[] = ['SNSClient + unmarshall', 'streamlane/sinks/sns'];

export function bundleOptions(name: ProgramName, bundling: Bundling): BuildOptions {
  return {
    entryPoints: [fileURLToPath(new URL(`./programs/${PROGRAM_FILES[name]}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: bundling === 'sdk-external' ? ['@aws-sdk/*'] : [],
    ...(NEEDS_REQUIRE.includes(name) && { banner: { js: REQUIRE } }),
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
