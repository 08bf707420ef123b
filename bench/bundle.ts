import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/**
 * How a program is bundled.
 *
 * - `sdk-external`: `@aws-sdk/*` is left to the Lambda runtime, as CDK's NodejsFunction does
 * - `all`: everything is in the bundle
 */
export type Bundling = 'sdk-external' | 'all';

/** Programs that do the same: a line for an insert, a certain change and an expiry. */
export const PROGRAMS = {
  'empty handler': 'empty',
  streamlane: 'streamlane',
  'Powertools batch + unmarshall': 'powertools',
  'Middy + event-normalizer': 'middy',
} as const;

export type ProgramName = keyof typeof PROGRAMS;

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
