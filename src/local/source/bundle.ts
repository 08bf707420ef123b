import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  BuildFailure,
  BuildResult,
  Message,
  OnResolveArgs,
  OnResolveResult,
  Plugin,
  PluginBuild,
} from 'esbuild';
import { BUNDLE_FOLDER, removeBundle, writeBundle } from './bundle-file.ts';
import { type Esbuild, findEsbuild } from './find-esbuild.ts';
import type { BundleFormat, ModuleCode } from './module-code.ts';
import { configurationsOf, installCommand, manifestOf, packageFolderOf, shortPath } from './project.ts';

/** The code of a module, ready to be loaded. */
export interface PreparedModule {
  readonly code: ModuleCode;
  /** The files to watch, absolute. Empty without a bundle: only Node then knows the files that it loads. */
  readonly files: readonly string[];
  /** Removes the files written for it. Code that is loaded already stays loaded. */
  remove(): void;
}

/** Says why a module cannot be bundled. */
export class BundleError extends Error {
  override readonly name: 'BundleError' = 'BundleError';
  /** `src/handler.ts:3`, from the working directory. */
  readonly at: string | undefined;
  /** Absolute paths of files: the error may be gone after one of them changes. */
  readonly files: readonly string[];

  constructor(message: string, at: string | undefined, files: readonly string[], cause: unknown) {
    super(message, { cause });
    this.at = at;
    this.files = files;
  }
}

/**
 * Bundles a module as for Lambda, if esbuild is installed. Its packages stay outside, and the options of the nearest
 * tsconfig.json hold for each file.
 *
 * @param path from the working directory, or absolute
 * @throws BundleError
 */
export async function prepareModule(
  path: string,
  esbuild: Esbuild | null = findEsbuild(resolve(path)),
): Promise<PreparedModule> {
  const entry = resolve(path);
  if (esbuild === null) {
    return source(
      `Install esbuild, and streamlane bundles it as for Lambda: ${installCommand('esbuild', entry)}`,
    );
  }
  const files: Set<string> = new Set([entry]);
  const format = formatOf(entry);
  let built: Built;
  try {
    built = await bundle(esbuild, entry, format, files);
  } catch (cause) {
    if (cause instanceof BundleError) throw cause;
    const reason = String((cause as Error).message)
      .trim()
      .split('\n')[0];
    const command = installCommand('esbuild', entry);
    return source(
      `streamlane could bundle it, but esbuild does not run (${reason}). Install it again: ${command}`,
    );
  }
  const { contents, usedFormat } = built;
  const folder = packageFolderOf(entry);
  let file: string;
  try {
    file = writeBundle(folder, usedFormat === 'esm' ? 'mjs' : 'cjs', contents);
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    return source(
      `streamlane bundles it, but cannot write to ${join(folder, BUNDLE_FOLDER)} (${code}). Make the folder writable.`,
    );
  }
  return {
    code: { type: 'bundle', file, format: usedFormat },
    files: watched(files),
    remove: () => removeBundle(file),
  };
}

function source(remedy: string): PreparedModule {
  return { code: { type: 'source', remedy }, files: [], remove: () => {} };
}

function watched(files: ReadonlySet<string>): readonly string[] {
  return [...files, ...configurationsOf(files)];
}

/** As Node and bundlers decide it: by the file's extension, else by its package. */
function formatOf(entry: string): BundleFormat {
  if (/\.c[jt]s$/.test(entry)) return 'cjs';
  if (/\.m[jt]s$/.test(entry)) return 'esm';
  return manifestOf(entry).type === 'module' ? 'esm' : 'cjs';
}

interface Built {
  readonly contents: Uint8Array;
  readonly usedFormat: BundleFormat;
}

async function bundle(
  esbuild: Esbuild,
  entry: string,
  format: BundleFormat,
  files: Set<string>,
): Promise<Built> {
  try {
    const { outputFiles } = await build(esbuild, entry, format, files);
    const [javaScript] = outputFiles.filter(({ path }) => path.endsWith('.mjs'));
    return { contents: javaScript?.contents as Uint8Array, usedFormat: format };
  } catch (cause) {
    const { errors = [] } = cause as Partial<BuildFailure>;
    const [first] = errors;
    for (const error of errors) for (const file of candidatesOf(error)) files.add(file);
    // Only ES modules have it, whatever the package says.
    if (format === 'cjs' && errors.length > 0 && errors.every(({ text }) => TOP_LEVEL_AWAIT.test(text)))
      return bundle(esbuild, entry, 'esm', files);
    // Not the module is wrong but esbuild: it is one for another platform, for example.
    if (first === undefined) throw cause;
    const { text, location } = first;
    const others = errors.length === 1 ? '' : `, and ${errors.length - 1} more`;
    const at = location === null ? undefined : `${shortPath(resolve(location.file))}:${location.line}`;
    throw new BundleError(`${text}${others}`, at, watched(files), cause);
  }
}

const TOP_LEVEL_AWAIT = /^Top-level await/;

/** Gives a bundle the names that its sources may expect in either format. */
const BANNERS: Readonly<Record<BundleFormat, string>> = {
  esm:
    "import { createRequire as streamlaneRequire } from 'node:module'; " +
    'var require = streamlaneRequire(import.meta.url), streamlaneResolve = import.meta.resolve;',
  cjs: "var streamlaneResolve = (specifier) => require('node:url').pathToFileURL(require.resolve(specifier)).href;",
};

function build(
  { build: run }: Esbuild,
  entry: string,
  format: BundleFormat,
  files: Set<string>,
): Promise<BuildResult<{ write: false }>> {
  return run({
    entryPoints: [entry],
    bundle: true,
    write: false,
    outfile: join(packageFolderOf(entry), BUNDLE_FOLDER, 'bundle.mjs'),
    format,
    platform: 'node',
    target: `node${process.versions.node}`,
    sourcemap: 'inline',
    keepNames: true,
    charset: 'utf8',
    banner: { js: BANNERS[format] },
    define: { 'import.meta': META, __dirname: DIRNAME, __filename: FILENAME },
    plugins: [packagesOutside(entry, format), ownPlaces(files)],
    logLevel: 'silent',
  });
}

const META = 'streamlaneMeta';
const DIRNAME = 'streamlaneDirname';
const FILENAME = 'streamlaneFilename';

/** Lets each source know where it is, as if it was not in a bundle, and notes the files that are read. */
function ownPlaces(files: Set<string>): Plugin {
  return {
    name: 'own-places',
    setup({ onLoad }) {
      onLoad({ filter: /./, namespace: 'file' }, ({ path }) => {
        files.add(path);
        if (!/\.[cm]?[jt]sx?$/.test(path)) return undefined;
        const text = readFileSync(path, 'utf8');
        const places = placesFor(text, path);
        // In the first line, so that every line stays where it is.
        return places === ''
          ? undefined
          : { contents: `${places}${text.replace(/^#!/, '//')}`, loader: 'default' };
      });
    },
  };
}

function placesFor(text: string, path: string): string {
  const [url, filename, dir] = [pathToFileURL(path).href, path, dirname(path)].map((place) =>
    JSON.stringify(place),
  );
  const resolver = `(to)=>/^\\.{0,2}\\//.test(to)?new URL(to,${url}).href:streamlaneResolve(to)`;
  const meta = `const ${META}={url:${url},filename:${filename},dirname:${dir},main:false,resolve:${resolver}};`;
  const names = `const ${DIRNAME}=${dir},${FILENAME}=${filename};`;
  return `${text.includes('import.meta') ? meta : ''}${/__(?:dir|file)name/.test(text) ? names : ''}`;
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.json'];

/** The files that a failed relative import may mean. The import works once one of them exists. */
function candidatesOf({ text, location }: Message): readonly string[] {
  const [, specifier] = /^Could not resolve "(\.[^"]*)"/.exec(text) ?? [];
  if (specifier === undefined || location === null) return [];
  const path = resolve(dirname(location.file), specifier);
  const stem = path.replace(/\.[cm]?jsx?$/, '');
  const indexes = stem === path ? EXTENSIONS.map((extension) => join(path, `index${extension}`)) : [];
  return [path, ...EXTENSIONS.map((extension) => `${stem}${extension}`), ...indexes];
}

/** Marks a resolution as one of the plugin below. */
const OWN: object = {};

const INSTALLED = `${sep}node_modules${sep}`;

/**
 * Leaves installed packages to Node. A package of the same repository, which is linked, is bundled with its sources, and so is
 * what a path of tsconfig.json means. `streamlane` is always left to Node: there must be one of it.
 */
function packagesOutside(entry: string, format: BundleFormat): Plugin {
  const home = packageFolderOf(entry);
  return {
    name: 'packages-outside',
    setup(build) {
      build.onResolve({ filter: /^[^./\\]/ }, async (args) => {
        const { path, kind, pluginData } = args;
        if (kind === 'entry-point' || pluginData === OWN) return undefined;
        // A URL is one, too: file:, data: and node:.
        if (isBuiltin(path) || /^[a-z]{2,}:/.test(path)) return { path, external: true };
        const found = await resolved(build, args, args.resolveDir);
        if (found === undefined) return missing(args);
        const isOurs = /^streamlane(?:\/|$)/.test(path);
        if (!isOurs && (!found.includes(INSTALLED) || /\.[cm]?tsx?$/.test(found))) return undefined;
        const isSame = isReachable(args, found) && (await resolved(build, args, home)) === found;
        if (isSame) return { path, external: true };
        const isUrl = kind === 'dynamic-import' || (kind === 'import-statement' && format === 'esm');
        return { path: isUrl ? pathToFileURL(found).href : found, external: true };
      });
    },
  };
}

async function resolved(
  { resolve: resolveWith }: PluginBuild,
  { path, kind, importer }: OnResolveArgs,
  resolveDir: string,
): Promise<string | undefined> {
  const { errors, path: found } = await resolveWith(path, { kind, importer, resolveDir, pluginData: OWN });
  return errors.length === 0 ? found : undefined;
}

/** Node adds no extension in an ES module; bundlers do: `lodash/fp` of a package without exports. */
function isReachable({ path }: OnResolveArgs, found: string): boolean {
  const inside = found.slice(found.lastIndexOf(INSTALLED) + INSTALLED.length).replaceAll(sep, '/');
  const hasSubpath = path.split('/').length > (path.startsWith('@') ? 2 : 1);
  return !hasSubpath || inside === path || manifestOf(found).exports !== undefined;
}

const PACKAGE_NAME = /^(?:@[\w.~-]+\/)?[\w-][\w.~-]*(?:\/|$)/;

/** A package that is only needed when the code gets there may be missing until then. */
function missing({ path, kind }: OnResolveArgs): OnResolveResult | undefined {
  return kind !== 'import-statement' && PACKAGE_NAME.test(path) ? { path, external: true } : undefined;
}
