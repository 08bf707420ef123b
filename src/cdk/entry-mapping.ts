import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, dirname, resolve, sep } from 'node:path';
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { build, buildSync } from 'esbuild';
import type { RouterMappingOptions } from '../mapping/router-mapping.ts';

/** The exports of a module, as far as its event source mapping is concerned. */
export interface EntryMapping {
  /**
   * For each exported function, the properties of the mapping that its routes give; `null` for a function that carries no
   * routes, as what Middy makes; text: the reason for which no mapping can be derived from it.
   */
  readonly exports: Readonly<Record<string, Readonly<Record<string, unknown>> | string | null>>;
  /** The environment variables that `env()` was called with while the module was loaded. */
  readonly environment: readonly string[];
}

/** The reason for which a module could not be loaded. */
export interface EntryProblem {
  /** A sentence. */
  readonly problem: string;
}

/** The options that decide how a module is loaded. */
export interface EntryOptions {
  /** The file, from the working directory or absolute. */
  readonly entry: string;
  readonly mapping: RouterMappingOptions;
  readonly bundling: BundlingOptions | undefined;
  /** Variables of the function that the module may read while it is loaded. */
  readonly environment: Readonly<Record<string, string>>;
}

const SECONDS = 60;

/** Gives modules that were written for CommonJS the globals that they expect, in a bundle that is an ES module. */
export const COMMONJS_BANNER: string =
  "import { createRequire as streamlaneRequire } from 'node:module'; const require = streamlaneRequire(import.meta.url);";

/**
 * Derives the mapping of each export of a module.
 *
 * The module is bundled as for Lambda, and loaded in a process of its own. So TypeScript that Node does not load is
 * fine, and nothing is shared with this process. The names of `env()` are those of this module alone. This process knows
 * only those of all functions together.
 */
export function entryMapping({
  entry,
  mapping,
  bundling,
  environment,
}: EntryOptions): EntryMapping | EntryProblem {
  const path = resolve(entry);
  const esbuild = loadEsbuild(path);
  if (esbuild === undefined) return { problem: 'esbuild is not installed. Add it to the devDependencies.' };
  try {
    return run(bundle(esbuild, path, mapping, bundling), dirname(path), environment);
  } catch (error) {
    return { problem: firstLines(error) };
  }
}

interface Esbuild {
  readonly build: typeof build;
  readonly buildSync: typeof buildSync;
}

/** Looks where the module could import it from, and where this process could. */
function loadEsbuild(path: string): Esbuild | undefined {
  for (const from of [path, `${process.cwd()}${sep}`, import.meta.url]) {
    try {
      return createRequire(from)('esbuild') as Esbuild;
    } catch {
      // Perhaps it is installed at the next place.
    }
  }
  return undefined;
}

function bundle(
  { buildSync }: Esbuild,
  path: string,
  mapping: RouterMappingOptions,
  bundling: BundlingOptions = {},
): string {
  const { define, inject, loader, mainFields, tsconfig, externalModules = [], nodeModules = [] } = bundling;
  const given = Object.entries({ define, inject, loader, mainFields, tsconfig });
  const { outputFiles } = buildSync({
    stdin: {
      contents: programOf(`./${basename(path)}`, mapping),
      resolveDir: dirname(path),
      loader: 'js',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: `node${process.versions.node}`,
    // streamlane stays outside: its env() has to be the one that is asked.
    external: ['streamlane', 'streamlane/*', '@aws-sdk/*', '@smithy/*', ...externalModules, ...nodeModules],
    banner: { js: COMMONJS_BANNER },
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

/** Writes to a channel of its own, as the module may print something. */
function programOf(specifier: string, mapping: RouterMappingOptions): string {
  return `
import * as entry from ${JSON.stringify(specifier)};
import { writeSync } from 'node:fs';
import { streamRouter } from 'streamlane';
import { eventSourceMapping } from 'streamlane/mapping';

function propertiesOf(handler) {
  if (handler['~router'] === undefined) return null;
  try {
    return eventSourceMapping(handler, ${JSON.stringify(mapping)}).properties;
  } catch (error) {
    return String(error.message);
  }
}
const functions = Object.entries(entry).filter(([, value]) => typeof value === 'function');
const exports = Object.fromEntries(functions.map(([name, value]) => [name, propertiesOf(value)]));
const { environment } = eventSourceMapping(streamRouter(), { startingPosition: 'LATEST' });
writeSync(3, JSON.stringify({ exports, environment }));
process.exit(0);
`;
}

function run(program: string, cwd: string, environment: Readonly<Record<string, string>>): EntryMapping {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const { status, signal, stderr, output } = spawnSync(process.execPath, ['--input-type=module', '-'], {
    cwd,
    input: program,
    env: { ...inherited, ...environment },
    encoding: 'utf8',
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    timeout: SECONDS * 1000,
    maxBuffer: 2 ** 28,
  });
  const answer = output[3];
  if (answer) return JSON.parse(answer) as EntryMapping;
  const reason = /^\w*(?:Error|Exception)\b.*$/m.exec(stderr)?.[0];
  throw new Error(
    reason ?? `Loading it, for which it has ${SECONDS} s, ended with ${signal ?? `exit code ${status}`}.`,
  );
}

/** esbuild says what failed in the second line. */
function firstLines(error: unknown): string {
  const { message } = error as { readonly message?: unknown };
  return String(message).split('\n').slice(0, 2).join(' ');
}
